/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { text } from './text.ts';

const page = readFileSync(new URL('./index.html', import.meta.url), 'utf8');

it('the_first_paint_says_what_the_app_says_a_moment_later', () => {
  expect(page).toContain(`<title>${text.title.start}</title>`);
  expect(page).toContain(`<h1>${text.product}</h1>`);
  expect(page).toContain(`<p class="tagline">${text.tagline}</p>`);
});

it('the_page_needs_nothing_that_its_security_policy_forbids', () => {
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|(?:src|href)="(?:https?:)?\/\//);
});
