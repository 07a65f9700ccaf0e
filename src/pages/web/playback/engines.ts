// Which engine plays which protocol. Each comes with its library only when it is first wanted.

import type { Abilities, Protocol } from '../model/protocols.js';
import type { Engine, EngineParts } from './engine.js';

export async function makeEngine(protocol: Protocol, parts: EngineParts): Promise<Engine> {
  switch (protocol) {
    case 'ws-flv':
    case 'flv': {
      const { FlvEngine } = await import('./flv_engine.js');
      return new FlvEngine(parts, protocol === 'ws-flv');
    }
    case 'll-hls':
    case 'hls': {
      const { HlsEngine } = await import('./hls_engine.js');
      return new HlsEngine(parts, protocol === 'll-hls');
    }
    case 'native': {
      const { NativeEngine } = await import('./native_engine.js');
      return new NativeEngine(parts);
    }
  }
}

const usual = 'video/mp4; codecs="avc1.42e01e,mp4a.40.2"';

export function browserAbilities(): Abilities {
  const window = globalThis as { MediaSource?: typeof MediaSource; ManagedMediaSource?: typeof MediaSource };
  const source = window.MediaSource ?? window.ManagedMediaSource;
  return {
    mediaSource: source?.isTypeSupported(usual) ?? false,
    streamingFetch: typeof ReadableStream === 'function' && 'body' in Response.prototype,
    webSocket: typeof WebSocket === 'function',
    nativeHls: document.createElement('video').canPlayType('application/vnd.apple.mpegurl') !== '',
  };
}
