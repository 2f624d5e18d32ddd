import type { ImageReader } from '../../domain/ports.ts';
import { decodeImage, encodeImage, NotAnImage } from './decode-image.ts';
import { bytesOfPixels, isPixelList, readPixelList } from './pixel-lists.ts';

/** Images as events carry them. Nothing that a text names is opened: no file and no address. */
export const imageTexts: ImageReader = {
  async read(text, feature) {
    try {
      if (isPixelList(text)) return { bytes: await bytesOfPixels(readPixelList(text), feature) };
      return { bytes: (await decodeImage(encodedIn(text), feature)).bytes };
    } catch (error) {
      if (error instanceof NotAnImage) return { problem: error.message };
      throw error;
    }
  },
  async write(bytes, feature) {
    const png = await encodeImage(bytes, feature);
    return `data:image/png;base64,${png.toString('base64')}`;
  },
};

/** The bytes of an encoded image: base64, alone or in a `data:` address. Throws `NotAnImage`. */
export function encodedIn(text: string): Uint8Array {
  if (/^https?:/i.test(text)) throw new NotAnImage('it is an address, and nothing is fetched');
  const base64 = text.startsWith('data:') ? afterPrefix(text) : text;
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(base64)) throw new NotAnImage('it is no base64');
  return Buffer.from(base64, 'base64');
}

function afterPrefix(text: string): string {
  const prefix = /^data:[\w/+.-]*;base64,/.exec(text);
  if (!prefix) throw new NotAnImage('its data: address holds no base64');
  return text.slice(prefix[0].length);
}
