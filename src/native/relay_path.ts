// `relayPath` of an event is a list: each server and each transcode that a stream has passed adds itself to its end.

export const hopSeparator = ',';
