/**
 * Every log line of Driftloop, in one table: the message is its stable name, what varies stands in the fields. The
 * compiler holds whoever logs to it, a test finds what nobody logs any more, and docs/reference/logs.md is made of it.
 */
type LogRole = 'server' | 'monitor' | 'worker' | 'worker-gpu' | 'console';
type LogEvent = Readonly<{
  level: 'info' | 'warn' | 'error' | 'fatal';
  roles: readonly LogRole[];
  fields: readonly string[];
  /** What it means, and what to do where something has to be done. */
  means: string;
}>;

const everyRole = ['server', 'monitor', 'worker', 'worker-gpu', 'console'] as const;
const kafkaRoles = ['monitor'] as const;

export const logEvents = {
  listening: {
    level: 'info',
    roles: everyRole,
    fields: ['address'],
    means: 'The role answers at this address; /readyz says what it still waits for.',
  },
  'a service is away; waiting': {
    level: 'warn',
    roles: everyRole,
    fields: ['what', 'code', 'problem', 'fix'],
    means:
      'Something that the role needs does not answer at its start; it is tried until it does. Said once for each reason.',
  },
  'a service is there': {
    level: 'info',
    roles: everyRole,
    fields: ['what', 'seconds'],
    means: 'What was waited for has come, after so many seconds.',
  },
  "whoever has the installation's token is one local user, who may do everything": {
    level: 'warn',
    roles: ['server', 'console'],
    fields: ['localUser'],
    means:
      'DRIFTLOOP_LOCAL_USER is set, as `driftloop dev` does on one machine. Unset it in production: there people have tokens or log in (docs/people.md).',
  },
  started: { level: 'info', roles: everyRole, fields: ['address'], means: 'The role does its work.' },
  'the role cannot go on': {
    level: 'fatal',
    roles: everyRole,
    fields: ['err', 'code', 'fix'],
    means:
      'Something beside its start failed for good. It ends with exit code 1, so that whoever watches over it starts it anew.',
  },
  stopping: {
    level: 'info',
    roles: everyRole,
    fields: ['signal'],
    means: 'It was asked to end: it takes nothing new, and finishes what it has.',
  },
  'traces cannot be sent and are dropped; everything else goes on': {
    level: 'warn',
    roles: everyRole,
    fields: ['url', 'problem'],
    means:
      'The collector of OTEL_EXPORTER_OTLP_ENDPOINT does not answer, or refuses. Said once, until it takes them again (docs/tracing.md).',
  },
  'traces are sent again': {
    level: 'info',
    roles: everyRole,
    fields: ['url'],
    means: 'The collector takes spans again.',
  },
  stopped: { level: 'info', roles: everyRole, fields: [], means: 'It has let go of everything.' },

  'a route is in service': {
    level: 'info',
    roles: ['server'],
    fields: ['model', 'generation', 'champion', 'challenger'],
    means: 'The versions of this route are loaded and answer.',
  },
  'a route did not load': {
    level: 'error',
    roles: ['server'],
    fields: ['err', 'model', 'generation'],
    means:
      'A version of the newest route cannot be loaded; the one before goes on answering. See that DRIFTLOOP_ARTIFACTS is the folder that every role has.',
  },
  'the store shows an older route than the one in service; it is not followed': {
    level: 'warn',
    roles: ['server'],
    fields: ['model', 'serving', 'store'],
    means: 'The database went back, as after a restore. Restart the server to follow it.',
  },
  'the route store does not answer; serving goes on': {
    level: 'warn',
    roles: ['server'],
    fields: ['err'],
    means: 'The database is away; routes stay as they are until it is back.',
  },
  'a version did not unload': {
    level: 'error',
    roles: ['server'],
    fields: ['err'],
    means: 'Memory of a version that nobody needs is not free. Restart the server if it repeats.',
  },
  'the last routes were not kept': {
    level: 'error',
    roles: ['server'],
    fields: ['err'],
    means: 'The file with the last routes cannot be written: a restart without the database would not serve.',
  },
  'the last known routes were not read': {
    level: 'error',
    roles: ['server'],
    fields: ['err'],
    means: 'The file with the last routes cannot be read; the server waits for the database.',
  },
  'the brokers take nothing; what comes waits on disk': {
    level: 'warn',
    roles: ['server'],
    fields: ['err'],
    means:
      'Kafka is away or slow. Requests are answered, and predictions and feedback wait on the disk of the server; said once for each time.',
  },
  'what waited on disk is in the log': {
    level: 'info',
    roles: ['server'],
    fields: ['messages', 'seconds'],
    means: 'Kafka is back, and has what waited, in its order.',
  },
  'a file of the spool was damaged': {
    level: 'error',
    roles: ['server'],
    fields: ['file'],
    means:
      'A line of it cannot be read, as after a fault of the disk; the others are in the log. The file is kept aside for you to look at.',
  },
  'a request could not be answered': {
    level: 'error',
    roles: ['server', 'console'],
    fields: ['err', 'code', 'path'],
    means: 'It was answered with a status of 500 or above; the code says why.',
  },

  'ingest waits for what is away': {
    level: 'warn',
    roles: kafkaRoles,
    fields: ['waitMs', 'error'],
    means: 'Kafka cannot be reached at the start; it is tried again.',
  },
  'ingest begins again': {
    level: 'error',
    roles: kafkaRoles,
    fields: ['waitMs', 'error'],
    means: 'The consumer died and is replaced by a new one. Nothing is lost.',
  },
  'a batch is tried again': {
    level: 'warn',
    roles: kafkaRoles,
    fields: ['topic', 'partition', 'waitMs', 'error'],
    means: 'The database did not take a batch; it is tried until it does.',
  },
  'upkeep waits for what is away': {
    level: 'warn',
    roles: kafkaRoles,
    fields: ['waitMs', 'error'],
    means: 'Dead letters were not relayed, or old rows not dropped; it is tried again.',
  },
  'messages are lost': {
    level: 'error',
    roles: kafkaRoles,
    fields: ['code', 'topic', 'partition', 'from', 'to'],
    means:
      "Kafka's retention deleted these offsets before they were read (DL_MESSAGES_LOST). Keep messages longer than ingest may be away.",
  },
  'ingest has ended': {
    level: 'fatal',
    roles: ['monitor'],
    fields: ['err'],
    means:
      'Nothing is consumed until a person has looked; the error has a code and a fix, and /readyz says the same.',
  },
  'a fold waits for the next beat': {
    level: 'error',
    roles: ['monitor'],
    fields: ['model', 'err'],
    means: 'Labelled rows of this model are not scored; it is tried again at every beat.',
  },

  'a calibration waits for the next beat': {
    level: 'error',
    roles: ['monitor'],
    fields: ['model', 'err'],
    means:
      'Performance of this champion is not estimated without labels yet; it is tried again at every beat.',
  },
  'a queue of labels waits for the next beat': {
    level: 'error',
    roles: ['monitor'],
    fields: ['model', 'err'],
    means: 'People are not asked about new rows of this model yet; it is tried again at every beat.',
  },

  'a store did not answer a training': {
    level: 'warn',
    roles: ['worker-gpu'],
    fields: ['runId', 'error'],
    means: 'Progress or a checkpoint of this run was not kept; the training goes on.',
  },
  'a program said something else': {
    level: 'info',
    roles: ['worker-gpu'],
    fields: ['line', 'because'],
    means: 'A line on the stdout of the program that trains is none of the contract (docs/trainers.md).',
  },
  'a checkpoint of a program was not kept': {
    level: 'warn',
    roles: ['worker-gpu'],
    fields: ['error'],
    means: 'The training goes on; an interruption would cost the steps since the one before.',
  },
  'the schedule was not set': {
    level: 'warn',
    roles: ['worker'],
    fields: ['model', 'error'],
    means: "Temporal refused the model's schedule; everything else of it goes on.",
  },
  'an event was given up': {
    level: 'error',
    roles: ['worker'],
    fields: ['webhook', 'type', 'tries', 'problem'],
    means:
      'A webhook did not take an event in all its tries. `driftloop webhook retry NAME` posts it again once the receiver is there (docs/notifications.md).',
  },
  'webhooks wait for the next beat': {
    level: 'error',
    roles: ['worker'],
    fields: ['err'],
    means: 'What webhooks are told could not be read or written; it is tried again at every beat.',
  },
  'the worker has ended by a fault': {
    level: 'fatal',
    roles: ['worker', 'worker-gpu'],
    fields: ['err', 'code', 'fix'],
    means: 'The role ends with exit code 1, so that whoever watches over it starts it anew.',
  },
} as const satisfies Readonly<Record<string, LogEvent>>;

export type LogMessage = keyof typeof logEvents;
type MessageOf<Level extends LogEvent['level']> = {
  [M in LogMessage]: (typeof logEvents)[M]['level'] extends Level ? M : never;
}[LogMessage];
export type LogFields<M extends LogMessage> = Readonly<
  Record<(typeof logEvents)[M]['fields'][number], unknown>
>;

/** A log that takes the lines of the table, each with its fields at its level. */
export type Log = {
  [Level in LogEvent['level']]: <M extends MessageOf<Level>>(fields: LogFields<M>, message: M) => void;
};

/** The level of a line, for whoever hands it on. */
export const levelOf = <M extends LogMessage>(message: M): (typeof logEvents)[M]['level'] =>
  logEvents[message].level;
