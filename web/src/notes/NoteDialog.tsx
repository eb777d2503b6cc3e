import { type FormEvent, useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useAddress } from '../app/address';
import { useCalled } from '../app/Called';
import type { NoteDraft } from '../app/overlay';
import { isDay, shift } from '../format/dates';
import { Icon } from '../ui/Icon';
import { useWriter } from '../views/ask';
import { filtersOf, type Scope, scopesOf } from './scope';

const TEXT_MAX = 250;
const KINDS = ['note', 'deploy', 'incident'] as const;
const READ_AGAIN = ['annotations'];

type Fields = Record<'first' | 'last' | 'text' | 'kind' | 'link' | 'scope' | 'visibility', string>;

/** Says what happened: on which days, to whose cost, and who may read it. */
export default function NoteDialog({ draft, onClose }: { draft: NoteDraft; onClose: () => void }) {
  const { path, query } = useAddress();
  const { annotation } = draft;
  const called = useCalled();
  const scopes = scopesFor(scopesOf(filtersOf(path, query), called), draft);
  const writer = useWriter(READ_AGAIN);
  const [fields, setFields] = useState<Fields>({
    first: draft.first,
    last: draft.last,
    text: annotation?.text ?? '',
    kind: annotation?.kind ?? 'note',
    link: annotation?.link ?? '',
    scope: annotation?.scope ?? scopes[1]?.text ?? '',
    visibility: annotation?.visibility ?? 'all',
  });
  const put = (name: keyof Fields) => (event: { target: { value: string } }) =>
    setFields((now) => ({ ...now, [name]: event.target.value }));
  const team = annotation?.team ?? scopes.find(({ text }) => text === fields.scope)?.team ?? null;
  const visibility = fields.visibility === 'team' && !team ? 'all' : fields.visibility;
  const right = isDay(fields.first) && isDay(fields.last) && fields.first <= fields.last && fields.text.trim() !== '';
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!right) return;
    const { first, last, text, kind, link, scope } = fields;
    const order = { start: first, end: shift(last, 1), text, kind, link: link.trim() || null, scope, visibility };
    const body = { ...order, team: visibility === 'team' ? team : null, key: annotation?.key ?? null };
    const own = annotation && `/annotations/${encodeURIComponent(annotation.id)}`;
    if (await (own ? writer.send('PUT', own, body) : writer.send('POST', '/annotations', body))) onClose();
  };
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className="dialog-back">
      <Modal className="dialog">
        <Dialog className="drawer-body">
          <header className="drawer-head">
            <Heading slot="title">{annotation ? 'Say it otherwise' : 'Note what happened'}</Heading>
            <button type="button" className="button quiet icon-only" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
          <form className="note-form" onSubmit={save}>
            <label className="is-wide">
              What happened
              <textarea
                className="input"
                rows={3}
                maxLength={TEXT_MAX}
                value={fields.text}
                onChange={put('text')}
                autoFocus
              />
            </label>
            <label>
              First day
              <input type="date" className="input" value={fields.first} onChange={put('first')} />
            </label>
            <label>
              Last day
              <input type="date" className="input" value={fields.last} onChange={put('last')} />
            </label>
            <label>
              Kind
              <select className="input" value={fields.kind} onChange={put('kind')}>
                {KINDS.map((kind) => (
                  <option key={kind}>{kind}</option>
                ))}
              </select>
            </label>
            <label className="is-wide">
              About
              <select className="input" value={fields.scope} onChange={put('scope')}>
                {scopes.map(({ text, label }) => (
                  <option key={text} value={text}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
            <label>
              Seen by
              <select className="input" value={visibility} onChange={put('visibility')}>
                <option value="all">everybody</option>
                {team && <option value="team">the team {called('team', team)}</option>}
                <option value="me">only me</option>
              </select>
            </label>
            <label>
              Link
              <input type="url" className="input" value={fields.link} onChange={put('link')} />
            </label>
            {writer.error && (
              <p role="alert" className="bad-text is-wide">
                {writer.error.message}
              </p>
            )}
            <p className="muted small is-wide">Days are UTC, as billed; the last one is included.</p>
            <div className="form-acts is-wide">
              <button type="submit" className="button primary" disabled={!right}>
                Save
              </button>
              <button type="button" className="button" onClick={onClose}>
                Cancel
              </button>
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** What it was about stays a choice, also on a page that has other filters. */
function scopesFor(scopes: Scope[], { annotation }: NoteDraft): Scope[] {
  if (!annotation || scopes.some(({ text }) => text === annotation.scope)) return scopes;
  return [...scopes, { text: annotation.scope, label: 'As it was', team: annotation.team }];
}
