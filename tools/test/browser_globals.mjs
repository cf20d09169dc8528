// What every browser has and Debian 12's Node 18 does not: Web Crypto under its name.
import { webcrypto } from 'node:crypto';

if (!globalThis.crypto) Object.defineProperty(globalThis, 'crypto', { value: webcrypto });
