// What the API answers when it does not do what it was asked: a status, and the body that SRS has.

import { integer, object, text, type TypeOf } from './schema.js';
import { statusText } from './status_text.js';

/** SRS's numbers where it has one; else the status stands in the body too. */
const srsCodes = { notFound: 3011, stream: 2048, client: 2049 } as const;

export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, options: FailureOptions = {}) {
    super(message);
    this.status = status;
    this.code = options.what === undefined ? status : srsCodes[options.what];
    this.headers = options.headers ?? {};
  }
}

interface FailureOptions {
  readonly what?: keyof typeof srsCodes;
  readonly headers?: Readonly<Record<string, string>>;
}

export const failureSchema = object({
  code: integer('3011: no such path or method; 2048: no such stream; 2049: no such client; else the HTTP status.'),
  data: object({
    status_code: integer(),
    reason_phrase: text(),
    url: text('The path that was asked for.'),
    message: text('For a person.'),
  }),
});

export function failureBody({ status, code, message }: ApiFailure, url: string): TypeOf<typeof failureSchema> {
  return { code, data: { status_code: status, reason_phrase: statusText(status), url, message } };
}
