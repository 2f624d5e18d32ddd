import process from 'node:process';

/** A reader that leaves, as `head` does when it has enough, ends a command: in order where it can be stopped, else at once. */
export function endWithReader(): void {
  let isOver = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (isOver) return;
      isOver = true;
      if (process.listenerCount('SIGTERM') === 0) process.exit();
      process.emit('SIGTERM', 'SIGTERM');
    });
}
