// Real browsers from Debian, unmodified, each with a sound card and a profile of its own.
import { rm, writeFile } from 'node:fs/promises';

import puppeteer from 'puppeteer-core';

import { adopt, killGroup, temporaryFolder } from './processes.mjs';
import { SoundCard } from './sound_card.mjs';

/** @typedef {'chromium' | 'firefox'} BrowserName */
/** @typedef {{ name: BrowserName, browser: import('puppeteer-core').Browser, card: SoundCard, close: () => Promise<void>, kill: () => void }} Seat */

/** @typedef {{ rate?: number, microphone?: 'allowed' | 'refused' | 'absent', within?: string[], trusts?: string }} SeatOptions */

/**
 * @param {BrowserName} name
 * @param {SeatOptions} [options] within: words before Chromium's command, that put it into a host of a laboratory network;
 *   trusts: the origin of a page of plain http that gets a microphone there
 * @returns {Promise<Seat>} somewhere to sit down and talk: a browser and its sound card
 */
export async function openSeat(name, { rate = 48000, microphone = 'allowed', within = [], trusts = '' } = {}) {
  const card = await SoundCard.open({ rate, microphone: microphone !== 'absent' });
  const profile = await temporaryFolder('grove-profile-');
  const env = { ...process.env, ...card.env, MOZ_DISABLE_CONTENT_SANDBOX: '1' };
  /** @type {import('puppeteer-core').LaunchOptions} */
  const common = { headless: true, env, userDataDir: profile, protocolTimeout: 120_000, timeout: 60_000, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const placed = within.length > 0 ? { ...common, ...(await entering(within, '/usr/bin/chromium', profile)) } : common;
  const browser = await (name === 'chromium' ? chromium(placed, microphone, trusts) : firefox(common, microphone));
  const pid = browser.process()?.pid;
  if (pid !== undefined) adopt(pid);
  const close = async () => {
    await browser.close().catch(() => {});
    await card.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  const kill = () => pid !== undefined && killGroup(pid);
  return { name, browser, card, close, kill };
}

/**
 * puppeteer starts one file: a script that goes where it should first. DevTools then speak through a pipe, for their port lies
 * in the other network.
 * @param {readonly string[]} within @param {string} program @param {string} folder
 */
async function entering(within, program, folder) {
  const executablePath = `${folder}/enter.sh`;
  const words = [...within, program].map((word) => `'${word}'`).join(' ');
  await writeFile(executablePath, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  return { executablePath, pipe: true };
}

/** @param {import('puppeteer-core').LaunchOptions} common @param {string} microphone @param {string} trusts */
function chromium(common, microphone, trusts) {
  return puppeteer.launch({
    executablePath: '/usr/bin/chromium',
    ...common,
    // The fake UI answers the question for permission and nothing more: the devices are real. Autoplay stays as users have it.
    args: [
      '--no-sandbox',
      `--use-fake-ui-for-media-stream${microphone === 'refused' ? '=deny' : ''}`,
      '--disable-gpu',
      ...(trusts ? [`--unsafely-treat-insecure-origin-as-secure=${trusts}`] : []),
    ],
    ignoreDefaultArgs: ['--mute-audio'],
  });
}

/** @param {import('puppeteer-core').LaunchOptions} common @param {string} microphone */
function firefox(common, microphone) {
  return puppeteer.launch({
    ...common,
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    extraPrefsFirefox: {
      'permissions.default.microphone': microphone === 'refused' ? 2 : 1,
      'media.navigator.permission.disabled': microphone !== 'refused',
      'media.cubeb.sandbox': false,
      'network.process.enabled': true,
    },
  });
}
