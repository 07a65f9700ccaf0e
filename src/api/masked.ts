// The effective configuration without its secrets: what the schema table marks, and what URLs carry.

import type { Children } from '../config/table.js';

const hidden = '***';
const secretParameter = /([?&][^=&]*(?:token|secret|key|pass|sign|auth)[^=&]*=)[^&#]*/gi;

/** A copy of `values`, which were read by `schema`. */
export function maskSecrets(values: Readonly<Record<string, unknown>>, schema: Children): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const entry = schema[name];
      if (entry?.kind === 'leaf') return [name, entry.secret ? hide(value) : maskUrls(value)];
      if (entry && 'children' in entry && typeof value === 'object' && value !== null) {
        const mask = (block: unknown): unknown => maskSecrets(block as Record<string, unknown>, entry.children);
        return [name, Array.isArray(value) ? value.map(mask) : mask(value)];
      }
      return [name, maskUrls(value)];
    }),
  );
}

function hide(value: unknown): unknown {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.map(hide) : hidden;
}

function maskUrls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskUrls);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskUrls(member)]));
  }
  if (typeof value !== 'string' || !value.includes('://')) return value;
  return value.replace(/(:\/\/)[^/@\s]*@/, `$1${hidden}@`).replace(secretParameter, `$1${hidden}`);
}
