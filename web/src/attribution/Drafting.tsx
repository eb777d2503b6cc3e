import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useAddress } from '../app/address';
import { useAction } from '../jobs/follow';
import type { Rules } from '../teams/ask';
import { late } from '../ui/late';
import { Segments } from '../ui/Segments';
import { Failure, Panel, Skeleton } from '../ui/States';
import { type Fault, type Preview, useCheck, usePreview } from './ask';
import { Editor } from './Editor';
import { Faults } from './Faults';
import { PreviewPanels } from './Preview';
import { parsePlace, printPlace } from './place';
import type { Draft } from './useDraft';

// Dialogs are fetched when one opens, and so is what opens one.
const AskAs = late(() => import('../requests/AskAs'));
const Confirm = late(() => import('./Confirm'));

/** The word of the place that is a form. */
export const FORM = 'form';

interface LiveDraft {
  live: Rules;
  draft: Draft;
}

interface DraftingProps extends LiveDraft {
  tab: string; // where the editor stands
  files: readonly (readonly [name: string, text: string])[]; // those that are shown here
  empty?: ReactNode; // said while nothing is written
  form?: (faults: readonly Fault[]) => ReactNode; // the same document by form, in the place of its text
}

/** Documents as they are, a draft of them, what it would move, and publishing it. */
export function Drafting({ live, draft, tab, files, empty, form }: DraftingProps) {
  const { view, go } = useAddress();
  const names = files.map(([name]) => name);
  const at = parsePlace(view.sel, names);
  const check = useCheck(draft.texts, draft.changed);
  const faults = draft.changed ? (check.data?.faults ?? []) : [];
  const [tried, setTried] = useState('');
  const now = JSON.stringify(draft.texts);
  const preview = usePreview(draft.changed && tried === now ? draft.texts : null);
  const found = draft.changed && tried === now && preview.data?.valid ? preview.data : undefined;
  const shown = !empty || live.version > 0 || draft.changed || view.sel !== '';
  const byForm = form !== undefined && view.sel.split(':', 1)[0] === FORM;
  const choices = [...(form ? [{ id: FORM, label: 'Form' }] : []), ...names.map((name) => ({ id: name, label: name }))];
  return (
    <>
      <Panel title={titleOf(live, draft)} note={live.place ?? undefined}>
        {!draft.changed && empty}
        {shown && (
          <>
            <div className="editor-head">
              <Segments
                label="File"
                value={byForm ? FORM : at.file}
                choices={choices}
                onChange={(file) => go({ view: { sel: file === FORM ? FORM : printPlace(file, null) }, replace: true })}
              />
              <State waiting={check.waiting} changed={draft.changed} faults={faults.length} />
            </div>
            {byForm ? (
              form(faults)
            ) : (
              <Editor
                file={at.file}
                text={written(files.find(([name]) => name === at.file)?.[1] ?? '')}
                line={at.line}
                faults={faults.filter((fault) => fault.file === at.file)}
                readOnly={!live.writable}
                onChange={(text) => draft.put(at.file, text)}
              />
            )}
          </>
        )}
        {!live.writable && <p className="table-note">The documents are kept elsewhere and can only be read here.</p>}
        {check.error && draft.changed && <Failure error={check.error} what="The check" retry={() => check.refetch()} />}
        {faults.length > 0 && <Faults faults={faults} tab={tab} />}
        {live.version !== draft.base && draft.changed && <Overtaken live={live} draft={draft} />}
        {draft.changed && (
          <div className="tools">
            <button
              type="button"
              className="button primary"
              disabled={check.waiting || faults.length > 0 || (tried === now && preview.isFetching)}
              onClick={() => setTried(now)}
            >
              {tried === now && preview.isFetching ? 'Looking at 13 months…' : 'Preview'}
            </button>
            <Publish draft={draft} live={live} found={found} />
            <AskAs draft={draft} disabled={check.waiting || faults.length > 0 || live.version !== draft.base} />
            <button type="button" className="button quiet" onClick={draft.reset}>
              Discard the draft
            </button>
          </div>
        )}
      </Panel>
      {preview.error && tried === now && (
        <Failure error={preview.error} what="The preview" retry={() => preview.refetch()} />
      )}
      {tried === now && draft.changed && preview.isPending && !preview.error && <Skeleton lines={8} />}
      {found && <PreviewPanels found={found} texts={draft.texts} />}
    </>
  );
}

function titleOf(live: Rules, draft: Draft): string {
  if (draft.changed) return draft.base === 0 ? 'Draft of the first rules' : `Draft, from version ${draft.base}`;
  return live.version === 0 ? 'Rules' : `Rules, version ${live.version}`;
}

/** What says nothing is shown as nothing. */
function written(text: string): string {
  return /^\s*(\{\}|teams:\s*\[\])\s*$/.test(text) ? '' : text;
}

function State({ waiting, changed, faults }: { waiting: boolean; changed: boolean; faults: number }) {
  const said = !changed ? 'In force' : waiting ? 'Checking…' : faults ? 'Has faults' : 'No fault';
  return (
    <span role="status" className={faults && !waiting ? 'bad-text' : 'muted'}>
      {said}
    </span>
  );
}

/** Somebody published while this draft was written. */
function Overtaken({ live, draft }: LiveDraft) {
  return (
    <div className="notice warn compact" role="alert">
      <p>
        Version {live.version} was published meanwhile{live.actor && ` by ${live.actor}`}. Publishing this draft would
        undo what it changed.
      </p>
      <button type="button" className="button small" onClick={draft.reset}>
        Show what stands now
      </button>
      <button type="button" className="button small" onClick={() => draft.rebase(live.version)}>
        Keep my draft
      </button>
    </div>
  );
}

/** Only what was previewed can be published, and only over the version it was written against. */
function Publish({ live, draft, found }: LiveDraft & { found: Preview | undefined }) {
  const [open, setOpen] = useState(false);
  const { texts, base } = draft;
  const body = useMemo(() => ({ ...texts, base }), [texts, base]);
  const publish = useAction('PUT', '/rules', body);
  const done = publish.ended && !publish.error;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is published the draft is what is in force
  useEffect(() => {
    if (done) draft.reset();
  }, [done]);
  const ready = found !== undefined && live.version === draft.base;
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={!ready}
        title={ready ? undefined : 'Preview the draft first'}
        onClick={() => setOpen(true)}
      >
        Publish…
      </button>
      {open && found && !done && (
        <Confirm
          title="Publish these rules?"
          act="Publish"
          found={found}
          base={live.version}
          action={publish}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
