import { setMaxListeners } from "node:events";
import { exit, Interrupted, type ExitCode } from "../errors.ts";

/** What a job needs of the process. */
export interface Signals {
  on(signal: NodeJS.Signals, heard: () => void): unknown;
  off(signal: NodeJS.Signals, heard: () => void): unknown;
  kill(pid: number, signal: NodeJS.Signals): unknown;
  exit(code: number): never;
}

/** The process as whoever started it acts on it: by signals, or by keys where a raw terminal makes no signals of them. */
export interface Job {
  /** fires once; its reason is an `Interrupted` */
  interrupted: AbortSignal;
  /** Ctrl-C and Ctrl-D as keys, and a terminal that is gone */
  interrupt(code: ExitCode): void;
  /** Ctrl-Z as a key: stops everything that runs in the foreground with us; returns where nobody could continue it */
  suspend(): void;
  /** somebody continued us; returns how to stop listening */
  onContinued(heard: () => void): () => void;
}

const ends = {
  SIGINT: exit.interrupted,
  SIGTERM: exit.terminated,
  // Ctrl-\ asks for a core dump, which would leave the terminal as it is
  SIGQUIT: exit.terminated,
  SIGHUP: exit.hungUp,
} as const;

/**
 * The first signal asks whatever runs to end; who asks again does not want to wait for it and is let go by `leave`. A
 * terminal that closes hangs up several times: that is no impatience.
 */
export function openJob(process: Signals, leave: (code: ExitCode) => void): Job {
  const end = new AbortController();
  // every read that is under way waits for it, and there may be dozens
  setMaxListeners(0, end.signal);
  let asked = false;
  const interrupt = (code: ExitCode) => {
    asked = true;
    end.abort(new Interrupted(code));
  };
  for (const [signal, code] of Object.entries(ends) as [keyof typeof ends, ExitCode][])
    process.on(signal, () => {
      if (asked && code !== exit.hungUp) leave(code);
      else interrupt(code);
    });
  return {
    interrupted: end.signal,
    interrupt,
    suspend: () => void process.kill(0, "SIGTSTP"),
    onContinued(heard) {
      process.on("SIGCONT", heard);
      return () => void process.off("SIGCONT", heard);
    },
  };
}
