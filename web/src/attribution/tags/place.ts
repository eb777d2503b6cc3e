/** What lies open on the tab of tags, as the word `sel`: a key's spellings, a policy with a key, a campaign with an owner. */
export type TagPlace =
  | { kind: 'key'; key: string }
  | { kind: 'policy'; policy: string; key: string }
  | { kind: 'campaign'; campaign: string; team: string };

const MARK = '@';

export function parseTagPlace(sel: string): TagPlace {
  const [kind, first = '', second = ''] = sel.split('/').map(read);
  if (kind === `${MARK}policy`) return { kind: 'policy', policy: first, key: second };
  if (kind === `${MARK}campaign`) return { kind: 'campaign', campaign: first, team: second };
  return { kind: 'key', key: sel };
}

export function printTagPlace(place: TagPlace): string {
  if (place.kind === 'key') return place.key;
  const parts = place.kind === 'policy' ? [place.policy, place.key] : [place.campaign, place.team];
  return [`${MARK}${place.kind}`, ...parts].map(encodeURIComponent).join('/').replace('%40', MARK);
}

function read(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
