/**
 * Every error that Driftloop names, in one table: `DriftloopError` takes no other code, and docs/reference/errors.md is
 * made from it. A message says what happened, with the values; this says what a code means wherever it is met.
 */

/** Where a code is met. */
export type Door =
  /** A command, printed with its fix; exit code 1. */
  | 'command line'
  /** An answer of the server or of the console. */
  | 'HTTP'
  /** The `code` of a dead letter: the message had no effect. */
  | 'dead letter'
  /** The log of a role, and the reason at its /readyz. */
  | 'role'
  /** The story of a run. */
  | 'run'
  /** A function of the library that was called with values it is not defined for. */
  | 'library'
  /** `npm run bench`. */
  | 'bench';

export type ErrorEntry = Readonly<{
  /** One plain sentence. */
  meaning: string;
  /** What to do about it; the message at hand may know more. */
  fix: string;
  met: readonly Door[];
  /** The status of an answer over HTTP; 400 where nothing else is said. */
  status?: number;
  /** The same again may work: a service that is away comes back. */
  retryable?: true;
}>;

const entries = {
  // The environment and the parts.
  DL_ENVIRONMENT_INCOMPLETE: {
    meaning: 'Variables that say where the parts are have not been set.',
    fix: 'Set them, or start a local installation with `driftloop dev` in this folder.',
    met: ['command line', 'role'],
  },
  DL_ENVIRONMENT_INVALID: {
    meaning: 'A variable has a value that cannot be what it should be.',
    fix: 'Correct each variable that the message names.',
    met: ['command line', 'role'],
  },
  DL_ENVIRONMENT_BROKEN: {
    meaning: 'Parts that are given by address do not answer, so that nothing was started.',
    fix: 'Start them, correct their addresses, or unset the variables to use local ones; `driftloop doctor` looks again.',
    met: ['command line'],
  },
  DL_ARTIFACTS_UNSUPPORTED: {
    meaning: 'DRIFTLOOP_ARTIFACTS names something other than a folder.',
    fix: 'Name a folder that every role reaches, such as a mounted volume.',
    met: ['command line', 'role'],
  },
  DL_TOKEN_TOO_SHORT: {
    meaning: 'DRIFTLOOP_TOKEN could be guessed.',
    fix: 'Set one of at least 16 characters, such as: openssl rand -base64 24',
    met: ['command line', 'role'],
  },
  DL_POSTGRES_UNREACHABLE: {
    meaning: 'PostgreSQL does not answer at its address, or takes no more connections.',
    fix: 'See that it runs and that DATABASE_URL is its address; roles wait for it.',
    met: ['command line', 'HTTP', 'role', 'run'],
    status: 503,
    retryable: true,
  },
  DL_POSTGRES_REFUSED: {
    meaning: 'PostgreSQL answers, but refuses the user, the password or the database.',
    fix: 'Correct DATABASE_URL, or create the user and the database.',
    met: ['command line', 'role'],
    status: 500,
  },
  DL_SCHEMA_OLDER: {
    meaning: 'The database lacks migrations of this Driftloop.',
    fix: 'driftloop migrate',
    met: ['command line', 'role'],
  },
  DL_SCHEMA_NEWER: {
    meaning: 'The database was migrated by a newer Driftloop than this one.',
    fix: 'Run the Driftloop that migrated it, or a newer one.',
    met: ['command line', 'role'],
  },
  DL_KAFKA_UNREACHABLE: {
    meaning: 'The Kafka brokers do not answer, or did not acknowledge in time.',
    fix: 'See that they run and that DRIFTLOOP_KAFKA_BROKERS are their addresses. A request may be sent again; roles wait.',
    met: ['command line', 'HTTP', 'role'],
    status: 503,
    retryable: true,
  },
  DL_SPOOL_FULL: {
    meaning:
      'Kafka takes nothing, and the disk has no room for more predictions or feedback that wait for it.',
    fix: 'Bring Kafka back; what waits goes there by itself. A request may be sent again.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_KAFKA_REFUSED: {
    meaning: 'The Kafka brokers answer, but refuse the credentials or what was asked with them.',
    fix: 'Correct DRIFTLOOP_KAFKA_SASL_USERNAME, …_PASSWORD, …_MECHANISM and DRIFTLOOP_KAFKA_TLS, or grant the access.',
    met: ['command line', 'role'],
    status: 500,
  },
  DL_TOPIC_RECREATED: {
    meaning:
      'A topic ends before what has taken effect: it was deleted and made anew, and its messages would be dropped.',
    fix: 'If that was meant, `driftloop topic reread predictions` (or feedback), and start the monitor again.',
    met: ['role'],
    status: 409,
  },
  DL_MESSAGES_LOST: {
    meaning: 'Kafka deleted messages before they were read; ingest goes on after the gap.',
    fix: 'Keep messages longer than ingest may be away: raise the retention of the topics.',
    met: ['role'],
  },
  DL_TEMPORAL_UNREACHABLE: {
    meaning: 'Temporal does not answer at its address.',
    fix: 'See that it runs and that DRIFTLOOP_TEMPORAL_ADDRESS is its address; roles wait for it.',
    met: ['command line', 'HTTP', 'role'],
    status: 503,
    retryable: true,
  },
  DL_TEMPORAL_REFUSED: {
    meaning: 'Temporal answers, but refuses the key or the certificate, or does not know the namespace.',
    fix: 'Correct DRIFTLOOP_TEMPORAL_NAMESPACE, DRIFTLOOP_TEMPORAL_API_KEY or the TLS files, or create the namespace.',
    met: ['command line', 'role'],
    status: 500,
  },
  DL_PROMETHEUS_UNREACHABLE: {
    meaning: 'Prometheus cannot be asked.',
    fix: 'See that it runs and that DRIFTLOOP_PROMETHEUS_URL is its address; roles ask again by themselves.',
    met: ['HTTP', 'role', 'run'],
    status: 503,
    retryable: true,
  },
  DL_PROMETHEUS_REFUSED: {
    meaning: 'Prometheus answers, but refuses a query.',
    fix: 'Correct the query, or the credentials in DRIFTLOOP_PROMETHEUS_URL.',
    met: ['HTTP', 'role', 'run'],
    status: 502,
  },
  DL_ALERTMANAGER_UNREACHABLE: {
    meaning: 'Alertmanager does not answer at its address.',
    fix: 'See that it runs and that DRIFTLOOP_ALERTMANAGER_URL is its address.',
    met: ['command line'],
    status: 503,
    retryable: true,
  },
  DL_DISK_FULL: {
    meaning: 'There is no room to write a file; what was begun is not used.',
    fix: 'Make room, or move the folder that the message names; what was tried is tried again.',
    met: ['command line', 'role', 'run'],
    status: 507,
    retryable: true,
  },

  // Roles, and everything on one machine.
  DL_PORT_IN_USE: {
    meaning: 'Another program listens on the port.',
    fix: 'Name another one with --port, or 0 for any free one.',
    met: ['command line'],
  },
  DL_PORT_UNUSABLE: {
    meaning: 'This machine does not let the role listen there.',
    fix: 'Name a port above 1023 with --port, and with --host an address of this machine.',
    met: ['command line'],
  },
  DL_STARTING: {
    meaning: 'The role is up, but waits for a service; its /readyz and its log say for which.',
    fix: 'Try again in a moment; `driftloop doctor` says which part does not answer.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_DEV_RUNNING: {
    meaning: 'A `driftloop dev` already runs from this folder.',
    fix: 'Stop it with Ctrl-C in its terminal, or start in another folder.',
    met: ['command line'],
  },
  DL_STACK_RUNNING: {
    meaning: 'Another process runs the local stack of this folder.',
    fix: 'Stop it (Ctrl-C in its terminal), or start in another folder.',
    met: ['command line'],
  },
  DL_ROLE_NOT_READY: {
    meaning: 'A role of `driftloop dev` ended while it was starting, or was not ready in time.',
    fix: 'Read the end of its log in the message, and the log itself.',
    met: ['command line'],
  },
  DL_SERVICE_FAILED: {
    meaning: 'A service of the local stack ended while it was starting, or did not answer in time.',
    fix: 'Read the end of its log in the message; `driftloop doctor` says which version was used.',
    met: ['command line'],
    retryable: true,
  },
  DL_PROCESS_NOT_STARTED: {
    meaning: 'A program could not be started.',
    fix: 'See that it exists and may be executed; `driftloop doctor` says what was found where.',
    met: ['command line'],
  },
  DL_RELOAD_FAILED: {
    meaning: 'Prometheus or Alertmanager does not take its new configuration, and goes on with the old one.',
    fix: 'Check the rules with `promtool check rules`.',
    met: ['command line'],
  },
  DL_POSTGRES_VERSION: {
    meaning: 'The data of the local stack was written by another major version of PostgreSQL.',
    fix: 'Put that version on PATH, or remove the folder to begin with empty data.',
    met: ['command line'],
  },
  DL_FOLDER_NOT_OURS: {
    meaning: 'A folder among the temporary files that Driftloop would use belongs to another user.',
    fix: 'Remove it, or set TMPDIR to a folder of your own.',
    met: ['command line'],
  },
  DL_PART_MISSING: {
    meaning: 'A part was not found, and could not be fetched from anywhere.',
    fix: 'Type what the message says for each part; `driftloop doctor` shows all of them at once.',
    met: ['command line'],
    retryable: true,
  },
  DL_TOOL_MISSING: {
    meaning: 'A program that fetches or builds a part is not on PATH.',
    fix: 'Install it, or give the part by its variable or on PATH.',
    met: ['command line'],
  },
  DL_TOOL_FAILED: {
    meaning: 'A program that fetches or builds a part ended with an error.',
    fix: 'Run the command by hand to see more, then start again: what is complete is kept.',
    met: ['command line'],
    retryable: true,
  },
  DL_DOWNLOAD_FAILED: {
    meaning: 'A part, or a base from the Hub, could not be downloaded.',
    fix: 'See that the address can be reached from here, or put the program on PATH.',
    met: ['command line'],
    retryable: true,
  },
  DL_CHECKSUM_MISMATCH: {
    meaning: 'What was downloaded is not what was pinned, or not what the Hub says it is.',
    fix: 'Do not use the file: something changes downloads on their way. Give the part by its variable or on PATH.',
    met: ['command line'],
  },

  // Configs.
  DL_CONFIG_MISSING: {
    meaning: 'There is no config file where one was looked for.',
    fix: 'Name one with --config FILE, or write one with `driftloop init`.',
    met: ['command line'],
  },
  DL_CONFIG_UNREADABLE: {
    meaning:
      'The config file cannot be loaded: it does not compile, or something that it imports is not there.',
    fix: 'Correct the file; it is a TypeScript module with a default export.',
    met: ['command line'],
  },
  DL_CONFIG_INVALID: {
    meaning: 'The config has problems; all of them are named, each with its path and its fix.',
    fix: 'Correct the listed fields; docs/reference/config.md describes each of them.',
    met: ['command line'],
  },
  // Backup and restore.
  DL_GATE_UNFIT: {
    meaning: 'Two versions answer different questions, so that neither can be better.',
    fix: 'Name two versions of one model: classifications of the same kind of data, with the same labels.',
    met: ['command line'],
  },
  DL_GATE_ROWS: {
    meaning: 'A version did not answer every row of the test set.',
    fix: 'Let both versions answer every row of the test set, in its order.',
    met: ['command line', 'run'],
  },
  DL_GATE_SCORES: {
    meaning: 'A version answered with a score that is none: NaN, below 0, or above 1.',
    fix: 'Scores are shares from 0 to 1. A version that answers otherwise is broken.',
    met: ['command line', 'run'],
  },
  DL_GATE_FEW_ROWS: {
    meaning: 'There are too few labelled test rows to say anything yet.',
    fix: 'Wait for labels, or give a longer test file; gate.minRows says from how many on bounds are judged.',
    met: ['command line', 'run'],
  },
  DL_GATE_ONE_LABEL: {
    meaning: 'Every test row has the same label: how the others are told cannot be judged.',
    fix: 'Give rows of the other labels too.',
    met: ['command line', 'run'],
  },
  DL_GATE_TIES: {
    meaning: 'Both versions are right and wrong on the same test rows: nothing says that one is better.',
    fix: 'Ask for gate.notWorseBy where not worse is enough; otherwise there is nothing to promote.',
    met: ['command line', 'run'],
  },
  DL_GATE_WORN_OUT: {
    meaning:
      'The held-out rows have judged as many challengers as their number allows, and too few others are there to judge on.',
    fix: 'Wait for fresh labels: the gate goes on by itself. A larger gate.effect lets fewer rows judge more challengers.',
    met: ['run'],
  },
  DL_GATE_SOURCES: {
    meaning:
      'One source of labels says otherwise than all others, and decides the gate alone: it may be broken, or steering.',
    fix: 'Look at its labels. Leave them out with gate.withoutSources, or name it in gate.trustedSources.',
    met: ['run'],
  },
  DL_NOT_SERVABLE: {
    meaning:
      'A server that is started for a version answers otherwise than the gate was shown, or not at all, it is slower or larger than the gate allows, or that could not be found out.',
    fix: 'The run’s story has the numbers: make the version smaller, raise gate.artifact, or see why the two machines differ.',
    met: ['run'],
  },
  DL_GOLDEN_LEARNT: {
    meaning: 'A challenger has learnt from golden rows, in whatever way: it answers them by heart.',
    fix: 'Train it without them, from scratch where what it began from knew them, or retire them: `driftloop golden retire`.',
    met: ['run'],
  },
  DL_GOLDEN_UNFIT: {
    meaning:
      'A golden row has a label or features that the model does not declare, or no single one is named.',
    fix: 'Correct the row, retire it with `driftloop golden retire`, or declare what it needs.',
    met: ['command line', 'run'],
  },
  DL_BACKUP_EXISTS: {
    meaning: 'There is a file already where the backup should be written.',
    fix: 'Name another file with --out, such as one with the date in it.',
    met: ['command line'],
  },
  DL_BACKUP_NOT_WRITTEN: {
    meaning: 'The backup could not be written: no such folder, no right to it, or no room on the disk.',
    fix: 'Name a file in a folder that can be written to, on a disk with room for it.',
    met: ['command line'],
  },
  DL_BACKUP_UNREADABLE: {
    meaning:
      'The file is not a whole backup: missing, cut off, changed, or something else. Nothing was changed.',
    fix: 'Take another copy of the backup, or an earlier one.',
    met: ['command line'],
  },
  DL_BACKUP_SCHEMA: {
    meaning: 'The backup is of another version of the schema. Nothing was changed.',
    fix: 'Restore it with the Driftloop version that took it; then change to this one: `driftloop migrate`.',
    met: ['command line'],
  },
  DL_NAMESPACE_NOT_EMPTY: {
    meaning: 'A backup would replace what the namespace has. Nothing was changed.',
    fix: 'Restore into an empty database, or replace what is there: `driftloop restore FILE --force`.',
    met: ['command line'],
    status: 409,
  },
  DL_NAMESPACE_IN_USE: {
    meaning:
      'A role of the namespace is connected to the database that a backup would replace. Nothing was changed.',
    fix: 'Stop the roles (server, monitor, worker, console) first.',
    met: ['command line'],
    status: 409,
  },
  DL_NOT_CONFIRMED: {
    meaning: 'What cannot be undone was not confirmed by typing the name that was asked for.',
    fix: 'Type the name when asked, or leave --force out.',
    met: ['command line'],
    status: 409,
  },
  DL_CONFIG_ORPHANS_RUN: {
    meaning: 'A run goes on, and the config that was to be applied takes away what it stands on.',
    fix: 'Wait for its end, or end it first (`driftloop rollout abort`, `driftloop run reject`); `driftloop plan` shows which it is.',
    met: ['command line'],
  },
  DL_NAMESPACE_MISMATCH: {
    meaning: 'The config, or the backup, is for another namespace than this installation.',
    fix: 'Set DRIFTLOOP_NAMESPACE, change `namespace` in the config, or start again where `dev` runs it.',
    met: ['command line'],
  },

  // Requests.
  DL_UNAUTHORISED: {
    meaning: 'The request carries no token, or not the right one.',
    fix: 'Send `Authorization: Bearer $DRIFTLOOP_TOKEN`; `dev` keeps its token in .driftloop/dev.json.',
    met: ['HTTP'],
    status: 401,
  },
  DL_FORBIDDEN: {
    meaning: 'The person is known, and none of their roles has the right that this asks for (of this model).',
    fix: 'Ask an admin for a role that has it; docs/people.md has the table of rights.',
    met: ['command line', 'HTTP'],
    status: 403,
  },
  DL_OTHER_MODEL: {
    meaning: 'The person has this right, but not for the model (or for every model) that this concerns.',
    fix: 'Use a token for it, or ask an admin for the role on this model too.',
    met: ['command line', 'HTTP'],
    status: 403,
  },
  DL_TOKEN_EXPIRED: {
    meaning: 'The token was good until a time that has passed.',
    fix: 'Ask an admin for another: driftloop token create NAME --role ROLE',
    met: ['command line', 'HTTP'],
    status: 401,
  },
  DL_TOKEN_REVOKED: {
    meaning: 'An admin has taken the token back.',
    fix: 'Ask an admin for another: driftloop token create NAME --role ROLE',
    met: ['command line', 'HTTP'],
    status: 401,
  },
  DL_UNKNOWN_TOKEN: {
    meaning: 'There is no token with this id.',
    fix: 'Check the id with `driftloop token list`.',
    met: ['command line'],
    status: 404,
  },
  DL_NAME_UNFIT: {
    meaning: 'A name could not be told from another in the audit log, or is that of a part of Driftloop.',
    fix: "Take letters, digits, blanks and . _ @ + ' -, such as an address.",
    met: ['command line', 'HTTP'],
  },
  DL_LOGIN_UNREACHABLE: {
    meaning: "The team's own login does not answer.",
    fix: 'Try again in a moment, or come in with a token; DRIFTLOOP_OIDC_ISSUER says where the login is.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_LOGIN_FAILED: {
    meaning: "The team's own login did not say who this is, or said it to a login that was not begun here.",
    fix: 'Begin again; the log of the console says what the provider answered.',
    met: ['HTTP'],
    status: 401,
  },
  DL_LOGIN_WITHOUT_ROLE: {
    meaning: "The team's own login knows the person, and none of what it says of them is a role here.",
    fix: 'Ask an admin to map one of your groups in DRIFTLOOP_OIDC_ROLES, or to add you to one that is.',
    met: ['HTTP'],
    status: 403,
  },
  DL_CSRF: {
    meaning: 'The request comes with a session of the console, but not from one of its pages.',
    fix: 'Reload the page and try again.',
    met: ['HTTP'],
    status: 403,
  },
  DL_NOT_FOUND: {
    meaning: 'There is nothing at this path.',
    fix: 'The doors are POST /v1/models/NAME:predict, POST /v1/feedback and GET /v1/models/NAME.',
    met: ['HTTP'],
    status: 404,
  },
  DL_BODY_NOT_JSON: {
    meaning: 'The body of the request is not JSON.',
    fix: 'Send a JSON body; NaN and Infinity are not JSON, write null for a missing value.',
    met: ['HTTP'],
  },
  DL_BODY_TOO_LARGE: {
    meaning: 'The body of the request is larger than this door takes.',
    fix: 'Split it over several requests.',
    met: ['HTTP'],
    status: 413,
  },
  DL_BODY_INVALID: {
    meaning: 'The body is JSON, but no request that this door takes.',
    fix: 'Send { "instances": [ { feature: value, … } ], "context"?: { … } }.',
    met: ['HTTP'],
  },
  DL_INPUT_INVALID: {
    meaning:
      'Instances have fields that the model does not declare, or values of the wrong type; each is named.',
    fix: 'Send instances as the config declares them; null where a value is missing.',
    met: ['HTTP'],
  },
  DL_TENSOR_INVALID: {
    meaning:
      'A tensor of an inference request is missing, unknown, or of another type or shape than the model takes; each is named.',
    fix: 'Send tensors as GET /v2/models/NAME describes them, one row of each in the first dimension; null where a value is missing.',
    met: ['HTTP'],
  },
  DL_FEEDBACK_INVALID: {
    meaning: 'An item of feedback cannot be read; the good ones beside it were accepted.',
    fix: 'Send { predictionId, kind, value } with the predictionId of an answer.',
    met: ['HTTP'],
  },
  DL_NOT_ASKED: {
    meaning:
      'Nobody is asked about this row (any more): it was answered, erased, or never in the queue of labels.',
    fix: 'Go on with the next one: what was said meanwhile is kept.',
    met: ['HTTP'],
    status: 409,
  },
  DL_LABELS_UNREADABLE: {
    meaning:
      'A file is no export of Label Studio with annotations, or one of its answers is nothing that the model answers.',
    fix: 'Export as "JSON" what "driftloop label export" has written, and label with the interface beside it.',
    met: ['command line'],
  },
  DL_MESSAGE_TOO_LARGE: {
    meaning: 'One prediction or one piece of feedback is larger than Kafka takes in one message.',
    fix: 'Send less with it: a smaller context, or a shorter value.',
    met: ['HTTP'],
    status: 413,
  },
  DL_REQUEST_INVALID: {
    meaning: 'The fields of a decision in the console cannot be read.',
    fix: 'Send { "by": who asks, "reason": one sentence }.',
    met: ['HTTP'],
  },
  DL_REASON_NEEDED: {
    meaning: 'A rejection, or a decision against the gate, was sent without a reason.',
    fix: 'Say in one sentence why, for whoever reads it in a year.',
    met: ['HTTP', 'command line'],
  },
  DL_ALERT_PAYLOAD_INVALID: {
    meaning: 'What came to the alert webhook is no payload of Alertmanager.',
    fix: 'Send version 4 of its webhook payload.',
    met: ['HTTP'],
  },
  DL_INTERNAL: {
    meaning: 'A bug of Driftloop, or of the model.',
    fix: 'The log of the role has the details; please report it.',
    met: ['HTTP'],
    status: 500,
  },

  // Messages.
  DL_MESSAGE_EMPTY: {
    meaning: 'A message has no value.',
    fix: 'Publish a JSON object by the contract in docs/reference.',
    met: ['dead letter'],
  },
  DL_MESSAGE_NOT_JSON: {
    meaning: 'A message is not JSON in UTF-8.',
    fix: 'Publish JSON; NaN and Infinity are not JSON, write null for a missing value.',
    met: ['dead letter'],
  },
  DL_MESSAGE_INVALID: {
    meaning: 'A message is JSON, but does not follow the contract; the reason names the fields.',
    fix: 'Compare it with docs/reference/prediction.v1.schema.json or feedback.v1.schema.json.',
    met: ['dead letter'],
  },
  DL_PREDICTION_TIME: {
    meaning: 'The time inside a prediction id is older than the retention, or more than a day ahead.',
    fix: "Make prediction ids as UUIDv7 at the time of the prediction, and set the producer's clock.",
    met: ['dead letter'],
  },
  DL_NO_PREDICTION: {
    meaning: 'Feedback waited for its prediction for the whole join horizon, and none came.',
    fix: 'See that predictions are published with the predictionId that the feedback names; raise `joinHorizon` if they come later.',
    met: ['dead letter'],
  },
  DL_UNKNOWN_LABEL: {
    meaning: 'A label is none of the model’s, nor a code for one.',
    fix: 'Send one of task.labels, add it there, or map the code with task.codes.',
    met: ['dead letter', 'command line', 'run'],
  },
  DL_CANNOT_STORE: {
    meaning: 'The database refuses a value that passed every check.',
    fix: 'Look at the dead letter; the producer has to send something that can be stored.',
    met: ['dead letter'],
  },

  // Models, versions, runs.
  DL_UNKNOWN_MODEL: {
    meaning: 'No model of this name is declared.',
    fix: 'Check the name with `driftloop model list`, or declare it and run `driftloop apply`.',
    met: ['HTTP', 'command line', 'dead letter'],
    status: 404,
  },
  DL_UNKNOWN_VERSION: {
    meaning: 'The model has no version of this name.',
    fix: 'Check the name with `driftloop version list`.',
    met: ['command line', 'run'],
    status: 404,
  },
  DL_UNKNOWN_RUN: {
    meaning: 'There is no run with this id.',
    fix: 'Check the id with `driftloop run list`.',
    met: ['HTTP', 'command line'],
    status: 404,
  },
  DL_UNKNOWN_SNAPSHOT: {
    meaning: 'There is no snapshot with this id.',
    fix: 'Check the id with `driftloop run show`.',
    met: ['run'],
    status: 404,
  },
  DL_NO_CHAMPION: {
    meaning:
      'No version of the model answers production yet. (At the door of the server: 503, and worth another try.)',
    fix: 'Give it one: `driftloop model bootstrap MODEL --data FILE --label COLUMN`.',
    met: ['HTTP', 'command line', 'run'],
    status: 409,
  },
  DL_CHAMPION_LOADING: {
    meaning: 'The model has a champion, and this server is still loading it.',
    fix: 'Try again after the seconds of Retry-After; /readyz says when it answers.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_CHAMPION_NOT_LOADED: {
    meaning: 'The model has a champion, and this server could not load it; it goes on trying.',
    fix: 'The message says why. Put that right, or go back to the champion before: `driftloop version rollback MODEL`.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_ALREADY_BOOTSTRAPPED: {
    meaning: 'The model has a champion already.',
    fix: 'Start a run with `driftloop run start`, or import a version with `driftloop version import`.',
    met: ['command line'],
  },
  DL_NO_EARLIER_CHAMPION: {
    meaning: 'There is no champion before the present one to go back to.',
    fix: 'Name a version: `driftloop version list MODEL` shows those that have served.',
    met: ['command line'],
  },
  DL_WAY_BACK_BROKEN: {
    meaning:
      'The version to go back to gives no answers, none that can be one, or others than it gave. Nothing was moved.',
    fix: 'Name another version: `driftloop version list MODEL` shows those that have served.',
    met: ['command line'],
  },
  DL_VERSION_NEVER_SERVED: {
    meaning: 'A version that has never answered production is no way back.',
    fix: 'Go back to one that has, or let this one prove itself: `driftloop run start MODEL --version V`.',
    met: ['command line'],
    status: 409,
  },
  DL_VERSION_KNOWN: {
    meaning: 'The artifact that was to be imported is a version already.',
    fix: 'See `driftloop version list`; go back to it with `driftloop version rollback`.',
    met: ['command line'],
    status: 409,
  },
  DL_ARTIFACT_UNFIT: {
    meaning: 'An artifact was trained for another model than the one that it is imported for.',
    fix: 'Import it for its own model, or declare what it needs and run `driftloop apply`.',
    met: ['command line'],
  },
  DL_ARTIFACT_MISSING: {
    meaning:
      'The artifact of a version is not in the store, or the folder that is named for one is not there.',
    fix: 'Point DRIFTLOOP_ARTIFACTS at the folder that the version was put into, or name the folder of a version.',
    met: ['role', 'run', 'command line'],
    status: 500,
  },
  DL_ARTIFACT_CORRUPT: {
    meaning:
      'The files of an artifact are not those that its digest names, or cannot be a version; it is never used.',
    fix: 'Put it into the store again, from a backup or by training the version again.',
    met: ['role', 'run', 'command line'],
    status: 500,
  },
  DL_ARTIFACT_UNSIGNED: {
    meaning: 'Trusted keys are set, and none of them has signed the artifact; it is never used.',
    fix: 'Put it in where DRIFTLOOP_SIGNING_KEY is set, or sign what you know with `driftloop version sign`.',
    met: ['role', 'run', 'command line'],
    status: 500,
  },
  DL_SIGNING_KEY_INVALID: {
    meaning: 'A file of keys cannot be read, has keys of another kind, or is needed and not named.',
    fix: 'Make an ed25519 pair with openssl; docs/operations.md says how.',
    met: ['command line', 'role'],
  },
  DL_SNAPSHOT_CORRUPT: {
    meaning: 'A stored row is not the one that a snapshot was cut from.',
    fix: 'Start a new run; the stored input was changed behind the back of Driftloop.',
    met: ['run'],
    status: 409,
  },
  DL_NO_TRAINING_ROWS: {
    meaning: 'There are no labelled rows to train on.',
    fix: 'Wait until labelled rows have arrived, or lower retrain.holdoutShare.',
    met: ['run', 'command line'],
    status: 409,
  },
  DL_SPLITS_LEAK: {
    meaning:
      'Rows that a model is judged on are also among those that it learns from, so its score would be none.',
    fix: 'Remove them from one side, or split by entity so that all rows of one are on one side.',
    met: ['command line', 'run'],
  },
  DL_TRAINING_CRASHED: {
    meaning: 'The process of a training died; it is tried again by itself.',
    fix: 'If it goes on, give it more memory or train on fewer rows.',
    met: ['run'],
    status: 500,
    retryable: true,
  },
  DL_TRAINING_OUT_OF_MEMORY: {
    meaning: 'A training wanted more memory than it may have, or than there is; it is tried again by itself.',
    fix: 'Give the GPU worker more memory and its trainings more heap (DRIFTLOOP_TRAINING_HEAP_MB), or make the network or its batches smaller.',
    met: ['run'],
    status: 500,
    retryable: true,
  },
  DL_PROGRAM_NOT_FOUND: {
    meaning: 'The program that trains a model, or answers for it, is not there or may not be run.',
    fix: 'Install it where models are trained and scored, or correct trainer.command in the config.',
    met: ['command line', 'run', 'HTTP'],
    status: 500,
  },
  DL_PROGRAM_FAILED: {
    meaning: 'The program that trains a model, or answers for it, failed, hung, or ended too early.',
    fix: 'Its last words stand in the message; start it by hand as docs/trainers.md shows.',
    met: ['command line', 'run', 'HTTP'],
    status: 500,
  },
  DL_MODEL_SERVER_UNREACHABLE: {
    meaning: 'The model server that answers with what a program has trained does not answer.',
    fix: 'Start it, or correct trainer.server.url in the config.',
    met: ['run', 'HTTP'],
    status: 503,
  },
  DL_MODEL_SERVER_REFUSED: {
    meaning: 'The model server did not load a version, or did not answer with it.',
    fix: 'Its own log says why; docs/trainers.md has what it needs to find in an artifact.',
    met: ['run', 'HTTP'],
    status: 502,
  },
  DL_PROGRAM_NO_ARTIFACT: {
    meaning: 'A program said that its training was done and left nothing behind.',
    fix: 'Let it write what it has trained into paths.artifact of spec.json.',
    met: ['command line', 'run'],
    status: 500,
  },
  DL_PROGRAM_ANSWERS_INVALID: {
    meaning: 'The program of a version does not answer rows as the contract says.',
    fix: 'Let it answer {"rows": […]} with {"outputs": […]} as docs/trainers.md shows.',
    met: ['command line', 'run', 'HTTP'],
    status: 500,
  },
  DL_PROGRAM_UNTRUSTED: {
    meaning: 'A folder asks for a program to be run that nobody here has agreed to.',
    fix: 'Where you trust it, declare the same command as the trainer of a model, and name that config.',
    met: ['command line'],
  },
  DL_BACKEND_MISSING: {
    meaning: 'DRIFTLOOP_BACKEND names a backend that there is not, or that cannot be had on this machine.',
    fix: '`driftloop doctor` says what is here; without DRIFTLOOP_BACKEND the best of it is taken.',
    met: ['command line', 'run'],
  },
  DL_BACKEND_UNFIT: {
    meaning: 'The backend that computes does not train this: see the table of backends.',
    fix: 'Take another method, or another backend by DRIFTLOOP_BACKEND; the message says which do.',
    met: ['command line', 'run'],
  },
  DL_OUTPUT_INVALID: {
    meaning:
      'A version answered with what cannot be an answer: no number, an infinite one, or another shape than its task has.',
    fix: 'Look at the artifact of that version, and go back if it is in production: `driftloop version rollback`.',
    met: ['HTTP'],
    status: 500,
  },
  DL_PREDICTION_CRASHED: {
    meaning: 'The process that answers predictions died while it answered this one; another takes its place.',
    fix: 'Send it again; if it goes on, give the server more memory, or send fewer instances in one request.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_VERSION_CRASHES: {
    meaning:
      'Requests to a version have ended the process that answers again and again; it rests for half a minute.',
    fix: 'Look at the log of the server and at the artifact; if it is in production, go back with `driftloop version rollback`.',
    met: ['HTTP', 'run'],
    status: 503,
    retryable: true,
  },
  DL_QUEUE_FULL: {
    meaning: 'As many rows wait for a version as its queue holds.',
    fix: 'Try again after the seconds of Retry-After, start one more server, or raise `serving.queueRows`.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_PREDICTION_LATE: {
    meaning: 'A version has not answered within `serving.answerWithin`.',
    fix: 'Try again; if it goes on, send fewer instances in one request, start one more server, or raise `serving.answerWithin`.',
    met: ['HTTP'],
    status: 504,
    retryable: true,
  },
  DL_PREDICTOR_CLOSED: {
    meaning: 'The server is stopping and answers no more predictions.',
    fix: 'Send the request to another server, or again when this one is back.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_VERSION_NOT_LOADED: {
    meaning: 'A version was asked before it was loaded.',
    fix: 'Try again; the server loads it with the next look at its route.',
    met: ['HTTP', 'run'],
    status: 503,
    retryable: true,
  },
  DL_NOT_A_WRITER: {
    meaning: 'A conversation was sent to a model that writes no texts.',
    fix: 'Ask it for predictions; conversations are for models with the task generation().',
    met: ['HTTP'],
  },
  DL_WRITERS_BUSY: {
    meaning: 'As many answers are being written as the server writes at the same time.',
    fix: 'Try again after the seconds of Retry-After, or start one more server.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_ANSWER_BROKEN_OFF: {
    meaning: 'A version failed in the middle of an answer whose beginning had been sent.',
    fix: 'Ask again; the log of the server says what happened to the version.',
    met: ['HTTP'],
    status: 503,
    retryable: true,
  },
  DL_CLIENT_GONE: {
    meaning: 'Whoever asked has hung up before the answer was written; it counts against no version.',
    fix: 'Nothing is to be done; a client with a longer timeout would have waited.',
    met: ['HTTP'],
    status: 499,
  },
  DL_VERSION_NOT_SERVED: {
    meaning: 'A request names a version or a label by which this server answers nothing.',
    fix: 'Ask for one that GET /v1/models/NAME shows, or leave the version out.',
    met: ['HTTP'],
    status: 404,
  },
  DL_ROUTE_FILE_INVALID: {
    meaning: 'The last known routes on disk cannot be read; the server waits for those of Postgres.',
    fix: 'Remove the file: it is written again as soon as Postgres answers.',
    met: ['role'],
  },
  DL_RUN_IN_FLIGHT: {
    meaning: 'A run of this model is on its way; there is one at a time.',
    fix: 'Wait for it, or decide it: `driftloop run list MODEL`.',
    met: ['HTTP', 'command line'],
    status: 409,
  },
  DL_RUN_NOT_WAITING: {
    meaning: 'The run does not wait for a person now.',
    fix: 'See where it is: `driftloop run show ID`.',
    met: ['HTTP', 'command line'],
    status: 409,
  },
  DL_ALREADY_DECIDED: {
    meaning: 'The run was decided before, by this person or for good; that decision stands.',
    fix: 'Start another run with `driftloop run start` if it was wrong.',
    met: ['HTTP', 'command line'],
    status: 409,
  },
  DL_NO_ROLLOUT: {
    meaning: 'No challenger of the model is being rolled out now: there is nothing to steer.',
    fix: 'See whether it is over: `driftloop run list MODEL`. Back to the version before: `driftloop version rollback MODEL`.',
    met: ['command line'],
    status: 409,
  },
  DL_ROLLOUT_FROZEN: {
    meaning: 'Nothing moves forward now: a freeze of the config is on, or the model is paused.',
    fix: 'Wait for its end, take the freeze out of the config, or resume the model. Aborting always works.',
    met: ['command line'],
    status: 409,
  },
  DL_RUN_NOT_HELD: {
    meaning: 'The gate does not hold the run now: there is nothing to force.',
    fix: 'See where it is: `driftloop run show ID`.',
    met: ['HTTP', 'command line'],
    status: 409,
  },
  DL_APPROVAL_VOID: {
    meaning:
      'What the decision was made on has changed since: the artifact, the gate report, the test set (its rows or their labels) or the policy.',
    fix: 'Read the new report, `driftloop run show ID --dossier`, and decide on that.',
    met: ['HTTP', 'command line'],
    status: 409,
  },
  DL_NOT_AN_APPROVER: {
    meaning: 'The person is not among those whom approval.approvers names.',
    fix: 'Ask one of them, or have approval.approvers changed.',
    met: ['HTTP', 'command line'],
    status: 403,
  },
  DL_REQUESTER_DECIDES: {
    meaning: 'Who has asked for the run may not decide on it: approval.requesterMayApprove is false.',
    fix: 'Let somebody else decide.',
    met: ['HTTP', 'command line'],
    status: 403,
  },
  DL_MODEL_PAUSED: {
    meaning: 'The model is paused: nothing of it is started or promoted.',
    fix: 'Let it go on: `driftloop model resume MODEL`.',
    met: ['HTTP', 'command line'],
    status: 409,
  },
  DL_BUDGET_SPENT: {
    meaning: 'One more training would exceed the budget of the last 30 days.',
    fix: 'Raise retrain.budget.gpuMinutesPerMonth in the config, or wait until older trainings are more than 30 days ago.',
    met: ['HTTP', 'command line'],
    status: 409,
  },
  DL_SERVED_OUTSIDE: {
    meaning:
      "The model is served by its team's own server, so Driftloop cannot go back to an earlier version.",
    fix: 'Let that server answer with the earlier version again: the registry follows what production says.',
    met: ['command line'],
    status: 409,
  },
  DL_NOT_SERVED_OUTSIDE: {
    meaning: 'A version was to be handed over, but the model is served by Driftloop.',
    fix: 'Declare `serving: outside({ webhook })` in the config.',
    met: ['run'],
    status: 409,
  },
  DL_WEBHOOK_REFUSED: {
    meaning: "A team's webhook did not answer 2xx; it is tried again.",
    fix: 'See why in the log of whoever answers there.',
    met: ['run'],
    status: 502,
    retryable: true,
  },
  DL_WEBHOOK_UNREACHABLE: {
    meaning: "A team's webhook does not answer; it is tried again.",
    fix: 'See that it runs and that the workers reach it.',
    met: ['run'],
    status: 502,
    retryable: true,
  },
  DL_WEBHOOK_SECRET: {
    meaning:
      'The variable with the secret of the signature is not set where the worker runs, or is no secret.',
    fix: 'Set it, such as "whsec_$(openssl rand -base64 32)", give the receiver the same, and start the worker anew.',
    met: ['run'],
    status: 500,
    retryable: true,
  },
  DL_EXPORT_UNFIT: {
    meaning: 'A version cannot be written in the format that was asked for, and the message says why.',
    fix: 'Take --format safetensors or --format driftloop, or ask the server: docs/serving.md.',
    met: ['command line'],
    status: 409,
  },
  DL_UNKNOWN_WEBHOOK: {
    meaning: 'No webhook of this name is declared in the config that is applied.',
    fix: 'Choose one of those that are named; declare it under `webhooks` and run "driftloop apply".',
    met: ['command line'],
    status: 404,
  },
  DL_CHAMPION_CHANGED: {
    meaning: 'A challenger was judged against a champion that is none any more.',
    fix: 'Start another run: `driftloop run start MODEL`.',
    met: ['run'],
    status: 409,
  },
  DL_CHALLENGER_IS_CHAMPION: {
    meaning: 'The champion cannot be its own challenger.',
    fix: 'Name another version: `driftloop version list MODEL`.',
    met: ['run', 'command line'],
    status: 409,
  },
  DL_ROLE_BY_PROMOTION: {
    meaning: 'A version becomes champion, or stops being it, by a promotion only: there is exactly one.',
    fix: 'Promote the version that shall answer production; the champion before it retires.',
    met: ['run'],
    status: 409,
  },

  // Bases for fine-tuning: model folders, tokenizers, adapters.
  DL_BASE_MISSING: {
    meaning: 'A base model, or a file that it needs, is not in its folder or not on the Hub.',
    fix: 'Name a folder with config.json and model.safetensors (or its shards and their index); text models need tokenizer.json too.',
    met: ['command line', 'run', 'library'],
  },
  DL_BASE_INVALID: {
    meaning: 'The files of a base model are there, but are damaged or do not belong together.',
    fix: 'Take the folder from its source again, whole; do not edit its files.',
    met: ['command line', 'run', 'library'],
  },
  DL_BASE_UNSUPPORTED: {
    meaning: 'A base model has an architecture, or a part of one, that Driftloop cannot compute.',
    fix: 'Take a base of a supported architecture, or train with your own program: trainer: command([…]).',
    met: ['command line', 'run', 'library'],
  },
  DL_ADAPTER_UNFIT: {
    meaning: 'An adapter does not fit its base, or is of a kind that Driftloop cannot compute.',
    fix: 'Use the base that the adapter was trained on, and plain LoRA.',
    met: ['command line', 'run', 'library'],
  },

  // Data files, the demo and the benches.
  DL_INIT_EXISTS: {
    meaning: 'A folder has a config, or a file of that name, already; nothing is overwritten.',
    fix: 'Take another folder, or change the file by hand.',
    met: ['command line'],
    status: 400,
  },
  DL_DATA_MISSING: {
    meaning: 'The data file is not there.',
    fix: 'Name a file that is there: CSV with a header, or one JSON object a line.',
    met: ['command line', 'bench'],
  },
  DL_DATA_UNREADABLE: {
    meaning:
      'The data file is neither a regular CSV file nor one JSON object a line, it is not written in UTF-8, a time in it is none, or the labels of a row are blank or written otherwise than those before.',
    fix: 'Give a CSV file with one header line, commas and the same number of columns in every line, or JSON lines.',
    met: ['command line'],
  },
  DL_IMAGE_UNREADABLE: {
    meaning: 'An image that the data file names is not there, is damaged, or is none.',
    fix: 'Correct the name, save the image again as PNG or JPEG, or leave out its row; the message says the line.',
    met: ['command line'],
  },
  DL_DATA_EMPTY: {
    meaning: 'The data file has no rows.',
    fix: 'Give a file with at least one row; a CSV file has a header line before it.',
    met: ['command line'],
  },
  DL_COLUMN_MISSING: {
    meaning: 'The data file lacks a column that the model or an option names.',
    fix: 'The message lists the columns that it has.',
    met: ['command line'],
  },
  DL_NOT_A_NUMBER: {
    meaning: 'A cell of a numeric column is no number.',
    fix: 'Declare the column as a category, leave it out with --ignore COLUMN, or correct the file.',
    met: ['command line'],
  },
  DL_TOO_FEW_ROWS: {
    meaning: 'The data file has too few rows for what it is asked for.',
    fix: 'Give a longer file.',
    met: ['command line'],
  },
  DL_ROWS_FILE_INVALID: {
    meaning: 'A line of a file of training rows cannot be read.',
    fix: 'Each line is a JSON object { "input": { …features }, "label": "…" }, as the model declares them.',
    met: ['run'],
  },
  DL_LABEL_UNNAMED: {
    meaning: 'Nothing says which column is the label.',
    fix: 'Name it with --label COLUMN.',
    met: ['command line'],
  },
  DL_LABELS_UNSUITABLE: {
    meaning: 'The label column has too few, too many, or missing values.',
    fix: 'Name a column with a few different values and no gaps: --label COLUMN.',
    met: ['command line'],
  },
  DL_NO_FEATURES: {
    meaning: 'No column is left that a model could learn from.',
    fix: 'Besides the label the file needs a column of numbers or of a few different words.',
    met: ['command line'],
  },
  DL_TASK_UNFIT: {
    meaning:
      'A method, a base or old rows do not go with the task: what adapts a base needs one, columns are trained from scratch, and what was learnt as one label for a row is not kept where there may be many.',
    fix: 'Leave it out; the message says what the task takes.',
    met: ['command line'],
  },
  DL_CONVERSATION_UNFIT: {
    meaning:
      'A conversation has nothing to learn from or to answer, or the chat template of the base forbids it.',
    fix: 'Give conversations of user and assistant in turn, that end with an answer to learn from or with what is to be answered.',
    met: ['command line', 'library'],
  },
  DL_TEST_LEAKED: {
    meaning:
      'Too many rows that test are rows that were learnt from, so that a test on them promises too much.',
    fix: 'Take them out of one of the two files, or test on rows that came later; in the loop, name an `entity`.',
    met: ['command line', 'run'],
  },
  DL_FOLDER_NOT_EMPTY: {
    meaning: 'The place for a result is taken; nothing is written over.',
    fix: 'Name a folder that is not there yet: --out DIR.',
    met: ['command line'],
  },
  DL_FOLDER_UNUSABLE: {
    meaning: 'The place for a result cannot be written to.',
    fix: 'Name a place that you may write to: --out DIR.',
    met: ['command line'],
  },
  DL_NOTHING_TO_PLAY: {
    meaning: 'A config has nothing that the demo could play.',
    fix: 'Give a file with --data FILE.csv --label COLUMN.',
    met: ['command line'],
  },
  DL_EXAMPLE_INVALID: {
    meaning: 'What a config exports for the demo beside its default export cannot be used.',
    fix: 'Correct it; examples/demo/driftloop.config.ts has everything.',
    met: ['command line'],
  },
  DL_NOT_SERVING: {
    meaning: 'The server did not take up a model in time.',
    fix: 'Its log, server.log, says why.',
    met: ['command line'],
    status: 503,
  },
  DL_REQUEST_REFUSED: {
    meaning: 'The demo or the client was answered with an error that says nothing of Driftloop.',
    fix: 'Look into the log of the server, or of what stands before it; `driftloop doctor` says which parts are there.',
    met: ['command line', 'library'],
  },
  DL_ANSWER_UNEXPECTED: {
    meaning: 'What answers at the address of the server is no Driftloop server.',
    fix: 'Point the demo or the client at a Driftloop server.',
    met: ['command line', 'library'],
    status: 502,
  },
  DL_SERVER_UNREACHABLE: {
    meaning: 'The client found nobody at the address of the server.',
    fix: 'See that `driftloop server` runs and that the client was given its address.',
    met: ['library'],
    retryable: true,
  },
  DL_REQUEST_TIMEOUT: {
    meaning: 'The server did not answer the client in time.',
    fix: 'Try again, or give the client a larger `timeoutMs`.',
    met: ['library'],
    retryable: true,
  },
  DL_FEEDBACK_REFUSED: {
    meaning: 'The server did not take feedback of the demo.',
    fix: "Compare the labels of the stream with the config's.",
    met: ['command line'],
  },
  DL_USAGE: {
    meaning: 'A command has a word, an option or a value that it does not take, or lacks one. Exit code 2.',
    fix: 'Correct it as its help says: `driftloop … --help`.',
    met: ['command line'],
  },
  DL_OPTION_INVALID: {
    meaning: 'An option has a value that it cannot have, or stands beside one that it cannot stand beside.',
    fix: 'The message says what it takes.',
    met: ['command line', 'bench'],
  },
  DL_OPTION_MISSING: {
    meaning: 'An option was left out that the others, or a file, make necessary.',
    fix: 'Give it, as the message says.',
    met: ['command line', 'bench'],
  },
  DL_BENCH_FAILED: {
    meaning: 'A bench found something lost, doubled or against a law.',
    fix: 'Run it again with the seed that the message names; what it found is in the message.',
    met: ['bench'],
  },
  DL_LOOP_NOT_CLOSED: {
    meaning: 'A bench ended before the loop had closed.',
    fix: 'Read the logs that it kept, or give it more rows.',
    met: ['bench'],
  },
  DL_DETECTOR_UNKNOWN: {
    meaning: 'No detector and no test has that name.',
    fix: 'Take one of docs/reference/detectors.md; the message lists them.',
    met: ['command line'],
  },
  DL_DETECTOR_PARAMS: {
    meaning: 'A knob of a detector or a test was set to what it cannot be, or there is no such knob.',
    fix: 'The message names each knob and what it may be; docs/reference/detectors.md lists them all.',
    met: ['command line', 'library'],
  },
  DL_STATISTIC_INPUT: {
    meaning: 'A statistic was asked of numbers that it is not defined for.',
    fix: 'The message says what it takes.',
    met: ['command line', 'library'],
  },
} as const satisfies Record<`DL_${string}`, ErrorEntry>;

export type ErrorCode = keyof typeof entries;

export const errorCodes: Readonly<Record<ErrorCode, ErrorEntry>> = entries;

/** For a code that came from elsewhere: from a database, from another release over Temporal. */
export const isErrorCode = (code: string | null | undefined): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(entries, code);
