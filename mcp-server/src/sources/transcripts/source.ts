import type { Environment } from "../../config.ts";
import { toEarlierTurns, type EarlierTurn } from "../../trace/run/earlier-turns.ts";
import type { Turn } from "../../trace/transcript/turns.ts";
import { SourceFailure, type Listing, type ReadTrace, type Source, type Window } from "../port.ts";
import { createCandidates } from "./candidates.ts";
import { ambiguous, noTranscripts, notFound, sessionNotFound } from "./error-texts.ts";
import { findPlaces, findSession, findSessionIds, listSessions, type Places, type SessionFile } from "./folders.ts";
import { readEarlier, readOpening, readTurn, toTraceId } from "./reader.ts";
import { isOfProject } from "./projects.ts";
import { findRunning } from "./running.ts";
import { readSession } from "./session.ts";
import { createSessionIndexes } from "./session-index.ts";

/** Beyond these the sessions of a window are not read for a sample; the answer says that the draw was from the newest. */
const MAX_SESSIONS = 2000;
const MAX_BYTES = 4_000_000_000;
/** `last` looks at this many sessions before the listing of all. */
const MAX_NEWEST = 50;
/** Of one session, `last` looks at this many turns. */
const MAX_TURNS = 40;
/** Of the turns before an audited one, this many and this much of the file are read. */
const MAX_EARLIER = 50;
const MAX_EARLIER_BYTES = 100_000_000;
/** Older versions of Claude Code do not say which text is the last: a file that changed this lately may still grow. */
const QUIET_MS = 60_000;

/**
 * The project's own transcripts as traces, one per turn, named `<session id>-<number of the turn>`. Reads files below
 * Claude Code's own folder of this project and nothing else; nothing is sent anywhere.
 */
export function createTranscriptSource(env: Environment, now: () => number): Source {
  const indexes = createSessionIndexes();
  const isFresh = ({ changedAt }: SessionFile): boolean => now() - changedAt < QUIET_MS;
  // One look per call: `last` lists several windows with one signal.
  const listed = new WeakMap<AbortSignal, ReturnType<typeof look>>();
  const placed = new WeakMap<AbortSignal, Promise<Places>>();

  const placesOf = async (signal: AbortSignal): Promise<Places> => {
    const known = placed.get(signal) ?? findPlaces(env);
    placed.set(signal, known);
    return known;
  };

  const look = async (signal: AbortSignal) => {
    const places = await placesOf(signal);
    const { sessions, isCut } = await listSessions(places, signal);
    const running = await findRunning(sessions, env, now(), async (file) => indexes.of(file, signal));
    return { places, sessions, isCut, running };
  };

  const lookOnce = async (signal: AbortSignal): ReturnType<typeof look> => {
    const known = listed.get(signal) ?? look(signal);
    listed.set(signal, known);
    return known;
  };

  const sessionsOf = async (signal: AbortSignal): ReturnType<typeof look> => {
    const found = await lookOnce(signal);
    if (found.sessions.length === 0) throw noTranscripts(found.places.above);
    return found;
  };

  /** The turns of a session that a human began, or why it is passed over as a whole. */
  const turnsOf = async (places: Places, file: SessionFile, signal: AbortSignal): Promise<readonly Turn[] | string> => {
    try {
      const { turns, cwds } = await indexes.of(file, signal);
      return isOfProject(places.projects, cwds, file.path) ? turns.filter(({ isHuman }) => isHuman) : FOREIGN;
    } catch (error) {
      // One that cannot be read must not keep the others from being read.
      if (error instanceof SourceFailure && error.concerns === "trace") return error.describe(file.sessionId);
      throw error;
    }
  };

  const read = async (traceId: string, signal: AbortSignal): Promise<ReadTrace> => {
    const places = await placesOf(signal);
    const found = await findTurn(places, traceId);
    if (found === null) {
      // Without any transcript there is more to say than that this one is missing.
      await sessionsOf(signal);
      throw notFound();
    }
    const { file, number } = found;
    const index = await indexes.of(file, signal);
    const turn = index.turns[number - 1];
    if (turn === undefined || !isOfProject(places.projects, index.cwds, file.path)) throw notFound();
    const trace = await readTurn(file, turn, signal);
    const isGrowing = turn.mayGoOn && turn === index.turns.at(-1) && isFresh(file);
    return trace.incompleteReason === null && isGrowing ? { ...trace, incompleteReason: GROWING } : trace;
  };

  const readWhole: Source["readSession"] = async (sessionId, signal) => {
    const places = await placesOf(signal);
    const file = await findSession(places, sessionId);
    // Without any transcript there is more to say than that this one is missing.
    if (file === null) await sessionsOf(signal);
    const index = file === null ? null : await indexes.of(file, signal);
    if (index === null || !isOfProject(places.projects, index.cwds, index.file.path)) throw sessionNotFound(sessionId);
    const { running } = await lookOnce(signal);
    const session = await readSession(index, running.has(index.file.sessionId) || isFresh(index.file), signal);
    const changed = await findSession(places, sessionId);
    if (changed?.size === index.file.size) return session;
    return { ...session, warnings: [...session.warnings, { code: "session_may_still_grow", count: 1 }] };
  };

  /** The turns before it in the same file, the newest first until the bounds are reached, and the words of the one after. */
  const readEarlierTurns: Source["readEarlierTurns"] = async ({ traceId, session }, signal) => {
    const found = await findTurn(await placesOf(signal), traceId);
    if (found === null) throw notFound();
    const { turns } = await indexes.of(found.file, signal);
    const before = turns.slice(0, found.number - 1).toReversed();
    let bytes = 0;
    const wanted = before.slice(0, MAX_EARLIER).filter(({ from, to }) => (bytes += to - from) <= MAX_EARLIER_BYTES);
    const read: (EarlierTurn | null)[] = [];
    for (const turn of wanted) read.push(await readEarlier(found.file, turn, signal));
    const next = turns.slice(found.number).find(({ isHuman }) => isHuman);
    const after = next === undefined ? null : await readOpening(found.file, next, signal);
    return { ...toEarlierTurns(read, session.startedAt, wanted.length === before.length), after: after?.said ?? null };
  };

  /** The turns of a window's sessions, the one that changed last first, up to the session that `isBeyond` the bounds. */
  const list = async (
    window: Window,
    signal: AbortSignal,
    isBeyond: (file: SessionFile, looked: Looked) => boolean,
    maxTurns = Infinity,
  ): Promise<Listing> => {
    const { places, sessions, isCut, running } = await sessionsOf(signal);
    const passedOver = new Map<string, string>();
    const inWindow = sessions.filter(({ changedAt }) => changedAt >= Date.parse(window.from));
    const candidates = createCandidates(window);
    const looked = { sessions: 0, bytes: 0, newestAnswer: -Infinity };
    for (const file of inWindow) {
      if (isBeyond(file, looked)) break;
      looked.sessions += 1;
      looked.bytes += file.size;
      const turns = await turnsOf(places, file, signal);
      if (typeof turns === "string") {
        passedOver.set(file.sessionId, turns);
        continue;
      }
      for (const turn of turns.slice(-maxTurns)) {
        if (turn.number === running.get(file.sessionId)) passedOver.set(toTraceId(file, turn), RUNNING);
        else if (candidates.add(file, turn) && (turn.isAnswered || turn.mayGoOn))
          looked.newestAnswer = Math.max(looked.newestAnswer, turn.endedAt ?? 0);
      }
    }
    const isAllLooked = looked.sessions === inWindow.length;
    return { api: "transcript", candidates: candidates.list(), isCut: isCut || !isAllLooked, passedOver };
  };

  return {
    place: "Claude Code's transcripts of this project, on this machine",
    origin: null,
    openedProject: () => Promise.resolve(null),
    advice:
      "Run Claude Code in this project and finish a turn, or name one as `<session id>-<number>`. To audit traces of Langfuse instead, set its keys.",
    read,
    sessionOf: async (id, signal) => {
      const places = await placesOf(signal);
      if ((await findSession(places, id)) !== null) return id;
      const begun = await findSessionIds(places, id);
      if (begun.length > 1) throw ambiguous(id, begun);
      return begun[0] ?? null;
    },
    readSession: readWhole,
    readEarlierTurns,
    // Nobody grades a transcript.
    readScores: () => Promise.resolve([]),
    // A file changes with every line, so an older one holds nothing that ended later.
    listNewest: (window, signal) =>
      list(
        window,
        signal,
        (file, { sessions, newestAnswer }) => file.changedAt < newestAnswer || sessions >= MAX_NEWEST,
        MAX_TURNS,
      ),
    listSessions: (window, count, signal) => list(window, signal, (_file, { sessions }) => sessions >= count),
    listAll: (window, signal) =>
      list(window, signal, (_file, { sessions, bytes }) => sessions >= MAX_SESSIONS || bytes >= MAX_BYTES),
  };
}

/** What a listing has looked at, and when the last turn of it that was answered ended (milliseconds since 1970). */
type Looked = { readonly sessions: number; readonly bytes: number; readonly newestAnswer: number };

const GROWING = "not completed: its transcript changed less than a minute ago and may still grow";

const RUNNING = "its turn still runs";
const FOREIGN = "a session of another project, whose folder of transcripts has the same name";

async function findTurn(
  places: Places,
  traceId: string,
): Promise<{ readonly file: SessionFile; readonly number: number } | null> {
  const parts = /^(.+)-([1-9]\d{0,6})$/u.exec(traceId);
  const file = parts?.[1] === undefined ? null : await findSession(places, parts[1]);
  return file === null ? null : { file, number: Number(parts?.[2]) };
}
