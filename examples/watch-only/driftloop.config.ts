import process from 'node:process';
import { classification, defineDriftloop, defineModel, number, outside } from 'driftloop';

/** Parcels that come late, answered by a server of the team's own: Driftloop watches, retrains and hands over. */
export default defineDriftloop({
  models: [
    defineModel({
      name: 'parcels',
      task: classification({ labels: ['on-time', 'late'] }),
      input: { distance: number(), weight: number() },
      serving: outside({ webhook: process.env['PARCELS_WEBHOOK'] ?? 'http://127.0.0.1:8000/driftloop' }),
    }),
  ],
});
