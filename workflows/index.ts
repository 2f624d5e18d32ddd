/** The workflows of a worker; the bundle begins here. */
export { sendNotice } from './announce.ts';
export { drillRollback } from './drill-rollback.ts';
export { fireSchedule } from './fire-schedule.ts';
export { retrain } from './retrain.ts';
export { rollout } from './rollout.ts';
export { supervise } from './supervise.ts';
