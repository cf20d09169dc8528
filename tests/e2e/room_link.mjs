import { randomBytes } from 'node:crypto';

/** A link to a room that nobody else knows. @param {string} origin */
export function newRoom(origin) {
  return `${origin}/#${randomBytes(16).toString('base64url')}`;
}
