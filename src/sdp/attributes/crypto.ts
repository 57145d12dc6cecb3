import { err, ok, type Result } from '../../shared/result.js';
import { parseKeyParams, printKeyParams, type KeyParam, type KeyParamsReason } from '../../srtp/key-params.js';
import { fieldsOf } from '../fields.js';
import { attributeLine, attributeValue, type SdpLine } from '../session-description.js';

/** SRTP session parameters (RFC 4568 §6.3). */
export type SessionParam =
  | { readonly name: 'KDR'; /** Packets are 2^value; 0–24. */ readonly value: number }
  | { readonly name: 'UNENCRYPTED_SRTP' | 'UNENCRYPTED_SRTCP' | 'UNAUTHENTICATED_SRTP' }
  | { readonly name: 'FEC_ORDER'; readonly value: 'FEC_SRTP' | 'SRTP_FEC' }
  | { readonly name: 'FEC_KEY'; readonly keys: readonly KeyParam[] }
  | { readonly name: 'WSH'; /** Packets, 64 or more. */ readonly value: number }
  /** Unknown: without a leading `-` the line may not be used (RFC 4568 §6.3.7). */
  | { readonly name: 'extension'; readonly text: string };

/** `a=crypto` (RFC 4568 §9.1) as it is written; whether a line can be used is judged elsewhere. */
export interface CryptoAttribute {
  /** 0–999,999,999. */
  readonly tag: number;
  /** As spelt; names compare without case. */
  readonly suiteName: string;
  readonly keyParams: readonly KeyParam[];
  readonly sessionParams: readonly SessionParam[];
}

/** Which field of the line breaks the grammar. */
export type CryptoSyntaxReason = KeyParamsReason | 'tag' | 'suite_name' | 'session_parameter';

export interface CryptoSyntaxError {
  readonly reason: CryptoSyntaxReason;
  /** Without key material. */
  readonly text: string;
  /** As far as the line could be read. */
  readonly tag: number | null;
  readonly suiteName: string | null;
}

const MAXIMUM_SESSION_PARAMS = 32;

export function parseCrypto(line: SdpLine): Result<CryptoAttribute, CryptoSyntaxError> {
  const fields = fieldsOf(attributeValue(line));
  const [tagField, suiteName, keyField, ...paramFields] = fields;
  const tag = parseTag(tagField ?? '');
  const wrong = (reason: CryptoSyntaxReason, text: string) =>
    err({ reason, text, tag, suiteName: suiteName === undefined ? null : printableSuite(suiteName) });
  if (tag === null) return wrong('tag', 'the tag is not a number of 1 to 9 digits');
  if (suiteName === undefined || !/^[A-Za-z0-9_]{1,64}$/.test(suiteName)) return wrong('suite_name', 'no crypto suite');
  if (keyField === undefined) return wrong('syntax', 'no inline: key');
  const keyParams = parseKeyParams(keyField);
  if (!keyParams.ok) return wrong(keyParams.error.reason, keyParams.error.text);
  const sessionParams = parseSessionParams(paramFields);
  if (!sessionParams.ok) return wrong('session_parameter', sessionParams.error);
  return ok({ tag, suiteName, keyParams: keyParams.value, sessionParams: sessionParams.value });
}

/** 0–999,999,999; leading zeros are seen, though not allowed (RFC 4568 §4.1). Never cut to 32 bits. */
function parseTag(field: string): number | null {
  const match = /^0*([0-9]{1,9})$/.exec(field);
  return match === null ? null : Number(match[1]);
}

/** A suite's name has an underscore, which base64 has not: nothing else is repeated in a text. */
function printableSuite(name: string): string | null {
  return /^[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+$/.test(name) && name.length <= 40 ? name : null;
}

function parseSessionParams(fields: readonly string[]): Result<readonly SessionParam[], string> {
  if (fields.length > MAXIMUM_SESSION_PARAMS) return err('too many session parameters');
  const params: SessionParam[] = [];
  for (const [index, field] of fields.entries()) {
    const param = parseSessionParam(field);
    if (param === null) return err(`session parameter ${index + 1} is malformed`);
    params.push(param);
  }
  return ok(params);
}

/** The words are ABNF literals, so case does not matter (RFC 5234 §2.3). null = a known word with a bad value. */
function parseSessionParam(field: string): SessionParam | null {
  const equals = field.indexOf('=');
  const word = (equals < 0 ? field : field.slice(0, equals)).toUpperCase();
  const value = equals < 0 ? null : field.slice(equals + 1);
  switch (word) {
    case 'UNENCRYPTED_SRTP':
    case 'UNENCRYPTED_SRTCP':
    case 'UNAUTHENTICATED_SRTP':
      return value === null ? { name: word } : null;
    case 'KDR':
      return parseKdr(value ?? '');
    case 'WSH':
      return parseWindowSizeHint(value ?? '');
    case 'FEC_ORDER':
      return parseFecOrder(value ?? '');
    case 'FEC_KEY':
      return parseFecKey(value ?? '');
    default:
      return { name: 'extension', text: field };
  }
}

function parseKdr(value: string): SessionParam | null {
  return /^[0-9]{1,2}$/.test(value) && Number(value) <= 24 ? { name: 'KDR', value: Number(value) } : null;
}

function parseWindowSizeHint(value: string): SessionParam | null {
  return /^[0-9]{2,9}$/.test(value) && Number(value) >= 64 ? { name: 'WSH', value: Number(value) } : null;
}

function parseFecOrder(value: string): SessionParam | null {
  const order = value.toUpperCase();
  return order === 'FEC_SRTP' || order === 'SRTP_FEC' ? { name: 'FEC_ORDER', value: order } : null;
}

function parseFecKey(value: string): SessionParam | null {
  const keys = parseKeyParams(value);
  return keys.ok ? { name: 'FEC_KEY', keys: keys.value } : null;
}

/** `padding`: keep the `=` of base64. The line holds the key in clear: for SDP on its way to the peer only. */
export function printCrypto(attribute: CryptoAttribute, padding: boolean): SdpLine {
  const { tag, suiteName, keyParams, sessionParams } = attribute;
  const params = sessionParams.map((param) => printSessionParam(param, padding));
  return attributeLine('crypto', [tag, suiteName, printKeyParams(keyParams, padding), ...params].join(' '));
}

function printSessionParam(param: SessionParam, padding: boolean): string {
  switch (param.name) {
    case 'KDR':
    case 'WSH':
    case 'FEC_ORDER':
      return `${param.name}=${param.value}`;
    case 'FEC_KEY':
      return `FEC_KEY=${printKeyParams(param.keys, padding)}`;
    case 'extension':
      return param.text;
    case 'UNENCRYPTED_SRTP':
    case 'UNENCRYPTED_SRTCP':
    case 'UNAUTHENTICATED_SRTP':
      return param.name;
  }
}
