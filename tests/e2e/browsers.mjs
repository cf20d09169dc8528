// Real browsers from Debian, unmodified, each with a sound card and a profile of its own.
import { rm } from 'node:fs/promises';

import puppeteer from 'puppeteer-core';

import { adopt, killGroup, temporaryFolder } from './processes.mjs';
import { SoundCard } from './sound_card.mjs';

/** @typedef {'chromium' | 'firefox'} BrowserName */
/** @typedef {{ name: BrowserName, browser: import('puppeteer-core').Browser, card: SoundCard, close: () => Promise<void>, kill: () => void }} Seat */

/**
 * @param {BrowserName} name
 * @param {{ rate?: number, microphone?: 'allowed' | 'refused' | 'absent' }} [options]
 * @returns {Promise<Seat>} somewhere to sit down and talk: a browser and its sound card
 */
export async function openSeat(name, { rate = 48000, microphone = 'allowed' } = {}) {
  const card = await SoundCard.open({ rate, microphone: microphone !== 'absent' });
  const profile = await temporaryFolder('grove-profile-');
  const env = { ...process.env, ...card.env, MOZ_DISABLE_CONTENT_SANDBOX: '1' };
  /** @type {import('puppeteer-core').LaunchOptions} */
  const common = { headless: true, env, userDataDir: profile, protocolTimeout: 120_000, timeout: 60_000, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const browser = await (name === 'chromium' ? chromium(common, microphone) : firefox(common, microphone));
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

/** @param {import('puppeteer-core').LaunchOptions} common @param {string} microphone */
function chromium(common, microphone) {
  return puppeteer.launch({
    ...common,
    executablePath: '/usr/bin/chromium',
    // The fake UI answers the question for permission and nothing more: the devices are real. Autoplay stays as users have it.
    args: ['--no-sandbox', `--use-fake-ui-for-media-stream${microphone === 'refused' ? '=deny' : ''}`, '--disable-gpu'],
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
