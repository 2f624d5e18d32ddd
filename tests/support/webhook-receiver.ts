import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Heard = { path: string; headers: IncomingHttpHeaders; body: string };

/** A real HTTP server that hears what is posted and answers as it is told to, 204 where nothing is said. */
export async function webhookReceiver() {
  const heard: Heard[] = [];
  const answers = { status: (() => 204) as (heard: Heard) => number };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      const one = { path: request.url!, headers: request.headers, body };
      heard.push(one);
      response.writeHead(answers.status(one), { connection: 'close' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    heard,
    answers,
    at: (path: string) => heard.filter((one) => one.path === path),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
