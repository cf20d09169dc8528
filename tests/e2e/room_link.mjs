import { randomBytes } from 'node:crypto';

/** A link to a room that nobody else knows. @param {string} origin @param {number} [fanOut] how many copies of a voice everybody may send */
export function newRoom(origin, fanOut) {
  return `${origin}/${fanOut ? `?fan-out=${fanOut}` : ''}#${randomBytes(16).toString('base64url')}`;
}
