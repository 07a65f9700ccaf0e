// What signals mean: SIGTERM and SIGINT stop, SIGQUIT drains, SIGHUP re-reads. SIGUSR1 opens the log again, as other servers do; unhandled
// it would open Node's debugger.

export interface SignalHandlers {
  /** SIGTERM or SIGINT, once. The next one ends the process at once. */
  readonly stop: (signal: string) => void;
  /** SIGQUIT. False: it drains already, and this one stops. */
  readonly drain: () => boolean;
  readonly reload: () => void;
  readonly reopenLog: () => void;
}

/** Ends the impatient way: 128 and the number of SIGINT, as a shell reports it. */
const impatientStatus = 130;

export function handleSignals({ stop, drain, reload, reopenLog }: SignalHandlers): void {
  let stopping = false;
  const onStop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(impatientStatus);
    stopping = true;
    stop(signal);
  };
  process.on('SIGTERM', onStop);
  process.on('SIGINT', onStop);
  process.on('SIGQUIT', (signal) => {
    if (stopping || !drain()) onStop(signal);
  });
  process.on('SIGHUP', reload);
  process.on('SIGUSR1', reopenLog);
}
