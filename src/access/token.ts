// Signed URLs: `?token=EXPIRES-SIGNATURE`, or `EXPIRES-ip-SIGNATURE` when the URL is for one address. EXPIRES is in Unix
// seconds; the signature is HMAC-SHA256, in base64url, over the lines action, path, EXPIRES and address.

import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedFor {
  readonly action: 'publish' | 'play';
  readonly app: string;
  readonly stream: string;
  /** Unix seconds: the first second in which it is no longer valid. */
  readonly expires: number;
  /** Absent: valid from every address. */
  readonly ip?: string;
}

export type TokenProblem = 'token_missing' | 'token_invalid' | 'token_expired';

export interface TokenQuestion {
  readonly action: 'publish' | 'play';
  readonly app: string;
  readonly stream: string;
  readonly ip: string;
  /** Unix seconds. */
  readonly now: number;
}

export function makeToken(secret: string, signed: SignedFor): string {
  const bound = signed.ip === undefined ? '' : 'ip-';
  return `${signed.expires}-${bound}${sign(secret, signed).toString('base64url')}`;
}

/** undefined: the token is good. */
export function checkToken(
  secrets: readonly string[],
  token: string | undefined,
  question: TokenQuestion,
): TokenProblem | undefined {
  if (token === undefined || token === '') return 'token_missing';
  const [, digits = '', bound, signature = ''] = /^(\d{1,12})-(ip-)?([\w-]{43})$/.exec(token) ?? [];
  if (digits === '') return 'token_invalid';
  const { action, app, stream, ip, now } = question;
  const signed = { action, app, stream, expires: Number(digits), ...(bound !== undefined && { ip }) };
  const given = Buffer.from(signature, 'base64url');
  const isSigned = secrets.some((secret) => {
    const expected = sign(secret, signed);
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  // Only who had a valid one learns that it is too old.
  if (!isSigned) return 'token_invalid';
  return now >= signed.expires ? 'token_expired' : undefined;
}

function sign(secret: string, { action, app, stream, expires, ip = '' }: SignedFor): Buffer {
  return createHmac('sha256', secret).update(`${action}\n/${app}/${stream}\n${expires}\n${ip}`).digest();
}
