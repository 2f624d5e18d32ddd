import { Client } from 'pg';
import { databaseSchema } from '../../domain/names.ts';
import { connectionConfig, type Database } from './connect.ts';
import { routeChannel } from './route-rows.ts';

const reconnectMs = 1_000;

/**
 * Calls `look` whenever a route of the namespace may have changed: at every announcement, and after a connection was
 * lost and found again, because an announcement in between is gone. It makes looking quick, not sure: also poll.
 *
 * @returns how to end it
 */
export function listenForRoutes(database: Database, look: () => void): () => void {
  let ended = false;
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  const again = () => {
    client = undefined;
    if (!ended) timer = setTimeout(() => void connect(), reconnectMs);
  };

  async function connect(): Promise<void> {
    const mine = new Client(connectionConfig(database));
    client = mine;
    let lost = false;
    const lose = () => {
      if (lost) return;
      lost = true;
      mine.end().catch(() => {});
      again();
    };
    mine.on('error', lose);
    mine.on('end', lose);
    mine.on('notification', () => look());
    try {
      await mine.connect();
      await mine.query(`listen "${routeChannel(databaseSchema(database.namespace))}"`);
      if (!ended) look();
    } catch {
      lose();
    }
  }

  void connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    client?.end().catch(() => {});
  };
}
