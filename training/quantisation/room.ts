/** Gives so many words of zeros, to pack codes into. */
export type Room = (words: number) => Int32Array;

export const newRoom: Room = (words) => new Int32Array(words);

/**
 * The same memory again and again, for whoever has placed the last words when it asks for the next: JavaScript would clear
 * each of them away only when there are many.
 *
 * A tensor of native TensorFlow shares the memory of an array that begins at a multiple of 64 bytes, and copies any other.
 * Arrays of JavaScript begin at a multiple of 16; these begin 4 bytes later, so they are copied.
 */
export function sameRoom(): Room {
  let room = new Int32Array(0);
  return (words) => {
    if (room.length <= words) room = new Int32Array(words + 1);
    return room.subarray(1, words + 1).fill(0);
  };
}
