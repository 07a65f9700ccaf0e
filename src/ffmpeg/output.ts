// Where an engine's result goes: a template of the configuration, its variables replaced. Names of streams may look like
// anything, a path, a URL, an option: none of that may change what the template means.

export interface OutputAddress {
  /** What ffmpeg is given. */
  readonly url: string;
  /** What it needs to be told beside it. */
  readonly options: readonly string[];
  readonly isRtmp: boolean;
  /** For people: a query may hold a secret. */
  readonly name: string;
}

export type Variables = Readonly<Record<'vhost' | 'port' | 'app' | 'stream' | 'engine', string>>;

export const isRtmpUrl = (template: string): boolean => /^rtmp(s|t|ts|e|te)?:\/\//i.test(template);

export function outputAddress(template: string, variables: Variables): OutputAddress {
  const fill = (text: string): string =>
    text.replace(/\[(vhost|port|app|stream|engine)\]/g, (_, name: keyof Variables) => variables[name]);
  const url = fill(template);
  if (!isRtmpUrl(template)) {
    // Else `[stream].flv` would be a URL or an option by the grace of the publisher.
    const isPlain = !/^([a-z][a-z0-9+.-]*:|\/|\.)/i.test(template);
    return { url: isPlain ? `file:${url}` : url, options: [], isRtmp: false, name: url };
  }
  const [, app = '', stream = ''] = /^[a-z]+:\/\/[^/]*\/(.*)\/([^/]*)$/i.exec(template) ?? [];
  return { url, options: rtmpOptions(fill(app), fill(stream)), isRtmp: true, name: withoutSecrets(template, fill) };
}

/**
 * Out of a URL ffmpeg reads odd names otherwise than they are meant: it takes the first level, or two, for the app, cuts endings
 * and all behind a space off, and finds options in them. What is told beside the URL is taken as it is.
 */
export function rtmpOptions(app: string, stream: string): string[] {
  const isPlain = /^[\w-]{1,100}(\/[\w-]{1,100})?(\?vhost=[\w.-]+)?$/.test(app) && /^[\w-]+$/.test(stream);
  return isPlain || app === '' || stream === '' ? [] : ['-rtmp_app', app, '-rtmp_playpath', stream];
}

/** Of the query only the vhost, which is part of the name. */
function withoutSecrets(template: string, fill: (text: string) => string): string {
  return fill(template.replace(/([?&])(?!vhost=)[^=&/]*=[^&/]*/gi, '')).replace(/\/\/[^/@]*@/, '//');
}
