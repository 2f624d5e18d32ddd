import { customType, timestamp } from 'drizzle-orm/pg-core';

/** Column types that several tables share. Tables carry no schema: the connection's search_path says which. */

/** A transaction id that never wraps around, as text. */
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

export const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value),
});

/** A moment. JavaScript has milliseconds, and the contract promises them. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
