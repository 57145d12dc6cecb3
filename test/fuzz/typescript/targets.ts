import type { FuzzTarget } from './target.js';
import { bencodeTarget } from './targets/bencode.js';
import { configTarget } from './targets/config.js';
import { cryptoAttributeTarget } from './targets/crypto-attribute.js';
import { framerTarget } from './targets/framer.js';
import { httpTarget } from './targets/http.js';
import { jsonTarget } from './targets/json.js';
import { ngMessageTarget } from './targets/ng-message.js';
import { offerAnswerTarget } from './targets/offer-answer.js';
import { sdpTarget } from './targets/sdp.js';

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  bencodeTarget(),
  jsonTarget(),
  framerTarget(),
  ngMessageTarget(),
  sdpTarget(),
  cryptoAttributeTarget(),
  offerAnswerTarget(),
  configTarget(),
  httpTarget(),
];
