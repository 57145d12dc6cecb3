import { DEFAULT_MEDIA_OPTIONS, type MediaOptions } from '../negotiation/media-options.js';

/** What the configuration of ports needs of a request's options later on; the rest serves one exchange. */
export type PortOptions = Pick<
  MediaOptions,
  'endpointLearning' | 'asymmetric' | 'strictSource' | 'mediaHandover' | 'trafficClass'
>;

export const DEFAULT_PORT_OPTIONS: PortOptions = picked(DEFAULT_MEDIA_OPTIONS);

/** One object for the many that say nothing of it. */
export function portOptions(options: MediaOptions): PortOptions {
  const own = picked(options);
  return isSame(own, DEFAULT_PORT_OPTIONS) ? DEFAULT_PORT_OPTIONS : own;
}

function picked({
  endpointLearning,
  asymmetric,
  strictSource,
  mediaHandover,
  trafficClass,
}: MediaOptions): PortOptions {
  return { endpointLearning, asymmetric, strictSource, mediaHandover, trafficClass };
}

function isSame(one: PortOptions, other: PortOptions): boolean {
  return (
    one.endpointLearning === other.endpointLearning &&
    one.asymmetric === other.asymmetric &&
    one.strictSource === other.strictSource &&
    one.mediaHandover === other.mediaHandover &&
    one.trafficClass === other.trafficClass
  );
}
