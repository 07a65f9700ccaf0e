// The catalogue of every error and refusal that weir can report: ONE table. From it come the native enum
// (native/base/reason.h), docs/errors.md and the check that both are fresh (`npm run generate`).
// A code is never reused for another meaning. `native: true` means that C++ raises it; the order of those is their number.

export interface ErrorEntry {
  /** What an operator reads, in the log and in docs/errors.md. {slots} are filled by the caller. */
  readonly text: string;
  /** Raised below the boundary: becomes an enumerator of weir::Reason. */
  readonly native?: true;
  /** An ordinary end of a connection (the peer left): logged at info, never counted as a refusal. */
  readonly ordinary?: true;
}

export const errors = {
  none: { native: true, ordinary: true, text: 'no error' },
  peer_closed: { native: true, ordinary: true, text: 'the peer closed the connection' },
  peer_reset: { native: true, ordinary: true, text: 'the peer reset the connection' },
  io_error: { native: true, text: 'a read or write on the socket failed' },
  finished: { native: true, ordinary: true, text: 'the session ended by its own commands' },
  shutdown: { native: true, ordinary: true, text: 'the server is stopping' },
  vhost_closed: { native: true, ordinary: true, text: 'the vhost was removed or switched off by a reload' },
  kicked: { native: true, text: 'closed by the operator' },
  rejected: { native: true, text: 'refused by the configuration or a hook' },
  too_many_connections: { native: true, text: 'max_connections is reached' },
  out_of_files: { native: true, text: 'no file descriptor is left; raise nofile or lower max_connections' },
  memory_limit: { native: true, text: 'memory_limit is reached' },
  decision_timeout: { native: true, text: 'no decision about the request came in time' },
  handshake_timeout: { native: true, text: 'the handshake did not finish in time' },
  identify_timeout: { native: true, text: 'the client did not publish or play in time' },
  publish_first_timeout: { native: true, text: 'no media came within publish_1stpkt_timeout' },
  publish_idle_timeout: { native: true, text: 'no media came within publish_normal_timeout' },
  send_timeout: { native: true, text: 'the peer took no byte within send_timeout' },
  republish_timeout: { native: true, ordinary: true, text: 'the publisher did not return within republish_wait' },
  handshake_version: { native: true, text: 'C0 is not 3: not plain RTMP' },
  bytes_before_connect: { native: true, text: 'too many bytes before connect' },
  message_too_large: { native: true, text: 'a message is larger than allowed' },
  too_many_chunk_streams: { native: true, text: 'more chunk streams than allowed' },
  chunk_size_invalid: { native: true, text: 'the announced chunk size is not valid' },
  chunk_malformed: { native: true, text: 'a chunk or control message is malformed' },
  amf_malformed: { native: true, text: 'AMF data is malformed' },
  amf_too_deep: { native: true, text: 'AMF data is nested too deeply' },
  amf_too_large: { native: true, text: 'AMF data has too many members or too long a string' },
  command_malformed: { native: true, text: 'a command lacks an argument or has one of a wrong type' },
  command_out_of_order: { native: true, text: 'a command came where it is not allowed' },
  flv_malformed: { native: true, text: 'FLV data is malformed' },
  outbox_overflow: { native: true, text: 'the peer asks for more replies than it reads' },
  name_invalid: { native: true, text: 'a vhost, app or stream name is empty, too long or has forbidden characters' },
  vhost_not_found: { native: true, text: 'there is no such vhost and no __defaultVhost__' },
  stream_busy: { native: true, text: 'the stream already has a publisher' },
  taken_over: { native: true, text: 'another publisher took the stream over' },
  stream_not_found: { native: true, text: 'nobody publishes the stream' },
  stale_handle: { native: true, text: 'the connection is gone already' },
  http_malformed: { native: true, text: 'an HTTP request is malformed' },
  http_body: { native: true, text: 'an HTTP request has a body, and nothing here takes one' },
  http_path_invalid: {
    native: true,
    text: 'the path of an HTTP request has `..`, an encoded slash, a control character or invalid UTF-8',
  },
  http_line_too_long: { native: true, text: 'the first line of an HTTP request is too long' },
  http_head_too_large: { native: true, text: 'the header fields of an HTTP request are too many or too long' },
  http_version: { native: true, text: 'an HTTP request is of a version other than 1.0 and 1.1' },
  ws_upgrade_invalid: { native: true, text: 'a WebSocket upgrade lacks its key or is of a version other than 13' },
  ws_malformed: { native: true, text: 'a WebSocket frame is malformed' },
  ws_not_masked: { native: true, text: 'a WebSocket frame of a client is not masked' },
  ws_not_utf8: { native: true, text: 'a WebSocket text is not valid UTF-8' },
  codec_unsupported: { native: true, text: 'the container cannot carry a codec of the stream; its other tracks go on' },
  codec_config_malformed: { native: true, text: 'a decoder configuration (sequence header) is malformed' },
  coded_frame_malformed: { native: true, text: 'a coded frame is malformed or came before its sequence header' },
  http_method: { native: true, text: 'an HTTP request has a method other than GET, HEAD and OPTIONS' },
  http_idle: { native: true, ordinary: true, text: 'no request came on an HTTP connection that was kept open' },
  http_head_timeout: { native: true, text: 'the head of an HTTP request did not arrive in time' },
  http_pipeline_full: { native: true, text: 'more HTTP requests were sent ahead than are kept' },
  object_not_found: { native: true, text: 'there is nothing at the path of an HTTP request' },
  object_overdue: { native: true, text: 'what an HTTP request waited for did not come in time' },
  range_invalid: { native: true, text: 'an HTTP request wants bytes beyond the end' },
  hls_reload_invalid: { native: true, text: '_HLS_msn or _HLS_part is malformed, or too far ahead of the playlist' },
  not_a_viewer: { native: true, text: 'a fragment was asked for by an address that may not watch the stream' },
  too_many_viewers: { native: true, text: 'more viewers of HLS than are remembered' },
  ws_ping_flood: { native: true, text: 'a WebSocket client pings too often' },
  refer_denied: { native: true, text: 'the page that the client comes from is not one that refer lists' },
  address_denied: { native: true, text: 'security does not allow it from this address' },
  token_missing: { native: true, text: 'the URL has no token' },
  token_invalid: { native: true, text: 'the token is not one for this stream, action and address' },
  token_expired: { native: true, text: 'the token has expired' },
  vhost_full: { native: true, text: 'max_connections of the vhost is reached' },
  stream_full: { native: true, text: 'max_players of the stream is reached' },
  address_full: { native: true, text: 'max_per_ip is reached' },
  output_limit: { native: true, text: 'max_output_bitrate of the vhost is reached' },
  bitrate_limit: { native: true, text: 'the publisher sends more than max_bitrate' },
  time_limit: { native: true, text: 'the time that a hook granted is over' },
  hook_denied: { native: true, text: 'a hook refused it' },
  hook_failed: { native: true, text: 'a hook could not be asked' },
  connect_failed: { native: true, text: 'the other server cannot be reached' },
  connect_timeout: { native: true, text: 'the other server did not answer the connection in time' },
  target_timeout: { native: true, text: 'the other server did not take or give the stream in time' },
  target_refused: { native: true, text: 'the other server refused the stream' },
  forward_loop: { native: true, text: 'the stream has been forwarded in a circle, or over too many servers' },
  source_silent: { native: true, text: 'the source of a pull sent no audio or video in time' },
  already_running: { text: 'another server runs with the pid file {file}{who}' },
  pid_file_failed: { text: 'the pid file {file} cannot be written: {why}' },
  log_file_failed: { text: 'the log file {file} cannot be opened: {why}' },
  api_unavailable: {
    text: 'http_api needs a build of uWebSockets.js for Node {node}, and the one that is installed has none: run Node 20, or install the official release (docs/operations.md)',
  },
  api_needs_auth: {
    text: 'http_api listens on {address}, which others can reach: set http_api { auth USER:PASSWORD; } or token, or listen on 127.0.0.1',
  },
  console_missing: { text: 'the console cannot be served, `npm run build` makes it: {why}' },
  pages_missing: { text: "the viewers' pages cannot be served, `npm run build` makes them: {why}" },
  dir_unreadable: { text: '{dir} cannot be served over HTTP: {why}' },
  dir_unwatched: { text: '{dir} cannot be watched for changes: {why}' },
  dir_too_large: { text: '{dir} has more than is served over HTTP: of it, {files} files are' },
  listen_failed: { text: 'cannot listen on {address}: {why}' },
  file_limit_low: {
    text: 'max_connections {connections} needs {needed} open files and only {limit} are allowed: raise nofile (ulimit -n, LimitNOFILE) or lower max_connections',
  },
  hls_write_failed: { text: 'HLS cannot write {file}: {why}; {then}' },
  hls_serve_failed: { text: 'HLS cannot serve {path}: {why}' },
  hls_disk_slow: { text: 'HLS: the disk below {directory} does not take the fragments in time; some are left out' },
  hls_memory_short: {
    text: 'HLS: the oldest fragments are given up before their time, because {limit} is near; shorten hls_window or raise it',
  },
  hls_name_taken: { text: 'HLS is off for it: {name} belongs to {other}; use [vhost] and [app] in the names of files' },
  dvr_write_failed: { text: 'the recording of {name} cannot write {file}: {why}; {then}' },
  dvr_gap: {
    text: 'the recording of {name} has a gap: the disk below {directory} is too slow, and more than dvr_backlog waited for it',
  },
  dvr_list_failed: { text: 'the list of recordings below {directory} cannot be read or written: {why}' },
  dvr_repair_failed: { text: '{file} was left unfinished and cannot be repaired: {why}' },
  dvr_append_format: { text: 'dvr of {vhost}: dvr_plan append needs FLV, only there a file can go on' },
  ingest_input: {
    text: 'without ffmpeg only rtmp://HOST/APP/STREAM of type stream or an FLV file of type file can be ingested',
  },
  ingest_ended: { text: 'the program that fetches it has ended' },
  daemon_failed: { text: 'the server in the background did not start: {why}' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;

/** An error of the catalogue, its slots filled. */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, slots: Readonly<Record<string, string | number>> = {}) {
    super(errorText(code, slots));
    this.code = code;
  }
}

export function errorText(code: ErrorCode, slots: Readonly<Record<string, string | number>> = {}): string {
  return errors[code].text.replace(/\{(\w+)\}/g, (slot, name: string) => String(slots[name] ?? slot));
}

/** What went wrong, of anything that can be thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
