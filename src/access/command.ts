// `weir token`: makes a signed URL's parameter. The secret comes from the configuration or the environment: an argument
// would stand in the list of processes.

import { parseArgs } from 'node:util';
import { makeToken } from './token.js';
import { defaultVhostName } from '../config/default_vhost.js';
import { loadConfig } from '../config/load.js';
import { seconds } from '../config/values.js';
import { reasonOf } from '../errors.js';

export const tokenUsage = `  weir token -c FILE [--vhost NAME] [--for play|publish] [--ip ADDRESS] [--expires 1h] APP/STREAM
                    print the parameter that signs a URL (or with the secret in WEIR_TOKEN_SECRET and no -c)
`;

const status = { ok: 0, failed: 1, usage: 2 } as const;
type Status = (typeof status)[keyof typeof status];

interface Asked {
  readonly secret: string;
  readonly action: 'play' | 'publish';
  readonly app: string;
  readonly stream: string;
  readonly lifetime: number;
  readonly ip: string | undefined;
}

export function tokenCommand(argv: readonly string[]): Status {
  let asked: Asked;
  try {
    asked = read(argv);
  } catch (error) {
    process.stderr.write(`weir token: ${reasonOf(error)}\n\n${tokenUsage}`);
    return status.usage;
  }
  const { secret, lifetime, ip, ...signed } = asked;
  const expires = Math.floor((Date.now() + lifetime) / 1000);
  process.stdout.write(`token=${makeToken(secret, { ...signed, expires, ...(ip !== undefined && { ip }) })}\n`);
  return status.ok;
}

function read(argv: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      config: { type: 'string', short: 'c' },
      vhost: { type: 'string', default: defaultVhostName },
      for: { type: 'string', default: 'play' },
      ip: { type: 'string' },
      expires: { type: 'string', default: '1h' },
    },
  });
  const [path = ''] = positionals;
  const levels = path.split('/').filter((level) => level !== '');
  const stream = levels.pop();
  if (stream === undefined || levels.length === 0 || positionals.length > 1) throw new Error('name APP/STREAM');
  const { for: action, ip, expires, config, vhost } = values;
  if (action !== 'play' && action !== 'publish') throw new Error('--for is play or publish');
  const lifetime = seconds(1).read(expires);
  if (lifetime === undefined) throw new Error(`--expires is ${seconds(1).expects}`);
  return { secret: secretOf(config, vhost), action, app: levels.join('/'), stream, lifetime, ip };
}

function secretOf(file: string | undefined, vhost: string): string {
  const fromEnvironment = process.env['WEIR_TOKEN_SECRET'];
  if (file === undefined) {
    if (fromEnvironment === undefined || fromEnvironment === '') throw new Error('-c FILE is missing');
    return fromEnvironment;
  }
  const found = loadConfig(file).config.vhost.find(({ name }) => name === vhost);
  if (!found) throw new Error(`${file} has no vhost ${vhost}`);
  const [secret] = found.token.secret;
  if (secret === undefined) throw new Error(`the vhost ${vhost} has no token { secret ...; }`);
  return secret;
}
