import type { Context, Hono } from 'hono';
import type { Doorkeeper } from '../../domain/doorkeeper.ts';
import { asDriftloopError, bodyOfError } from '../answer-errors.ts';
import type { ServingEnv } from '../bearer.ts';
import { readJson } from '../read-json.ts';
import type { ServingLog } from '../served-routes.ts';
import { chatBody, ChatBodyInvalid, conversationIn, wishIn } from './body.ts';
import type { ChatBody } from './body.ts';
import { chunkOf, completionOf, usageChunkOf } from './completion.ts';
import type { Begun } from './completion.ts';
import type { Write } from './write-answer.ts';

type Parts = { doorkeeper: Doorkeeper; write: Write; log: Pick<ServingLog, 'error'> };

/** Conversations with models that write, as OpenAI's clients hold them: whole answers, or pieces as they come. */
export function addChatDoors(app: Hono<ServingEnv>, { doorkeeper, write, log }: Parts): void {
  app.post('/v1/chat/completions', async (c) => {
    const body = chatBody.safeParse(await readJson(c));
    if (!body.success) throw new ChatBodyInvalid(body.error);
    const { model, metadata, stream } = body.data;
    await doorkeeper.admit(c.get('person'), 'predict', model);
    const asked = {
      conversation: conversationIn(body.data),
      wish: wishIn(body.data),
      ...(metadata ? { context: metadata } : {}),
    };
    if (stream) return streamed(c, body.data, (told) => write(model, asked, told));
    const { begun, written } = await write(model, asked, { onPiece() {}, signal: c.req.raw.signal });
    return c.json(completionOf(begun, written));
  });

  /**
   * Server-sent events. What fails before the first piece is answered with its status; later there is only the stream
   * left to say it in.
   */
  async function streamed(
    c: Context,
    { stream_options: options }: ChatBody,
    writing: (told: Parameters<Write>[2]) => ReturnType<Write>,
  ): Promise<Response> {
    const gone = new AbortController();
    const events = new TransformStream<Uint8Array, Uint8Array>();
    const out = events.writable.getWriter();
    // Whoever reads no more hangs up, however that is told here.
    const hangUp = () => gone.abort(new Error('the client has hung up'));
    out.closed.catch(hangUp);
    c.req.raw.signal.addEventListener('abort', hangUp);
    const encoder = new TextEncoder();
    const send = (data: object | '[DONE]') =>
      void out
        .write(encoder.encode(`data: ${data === '[DONE]' ? data : JSON.stringify(data)}\n\n`))
        .catch(hangUp);

    let begin = () => {};
    const begins = new Promise<void>((resolve) => (begin = resolve));
    let hasBegun = false;
    const opened = (begun: Begun) => {
      if (!hasBegun) send(chunkOf(begun, { role: 'assistant', content: '' }));
      hasBegun = true;
    };
    const answer = writing({
      signal: gone.signal,
      onPiece(content, begun) {
        opened(begun);
        send(chunkOf(begun, { content }));
        begin();
      },
    });
    await Promise.race([begins, answer]);
    void answer
      .then(({ begun, written }) => {
        opened(begun);
        send(chunkOf(begun, {}, written.ended));
        if (options?.include_usage === true) send(usageChunkOf(begun, written));
        send('[DONE]');
      })
      .catch((error: unknown) => {
        if (gone.signal.aborted) return;
        const known = asDriftloopError(error);
        log.error({ err: error, code: known.code, path: c.req.path }, 'a request could not be answered');
        send(bodyOfError(c.req.path, known));
      })
      .finally(() => void out.close().catch(() => {}));
    return c.body(events.readable, 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      // Proxies that gather answers would give the pieces away all at once.
      'x-accel-buffering': 'no',
    });
  }
}
