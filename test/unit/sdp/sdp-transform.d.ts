/** What the tests use of the package, which brings no types of its own. */
declare module 'sdp-transform' {
  interface Crypto {
    readonly id: number;
    readonly suite: string;
    readonly config: string;
    readonly sessionConfig?: string;
  }
  interface Media {
    readonly type: string;
    readonly port: number;
    readonly protocol: string;
    readonly payloads: string;
    readonly crypto?: readonly Crypto[];
  }
  const sdpTransform: { parse(sdp: string): { readonly media: readonly Media[] } };
  export default sdpTransform;
}
