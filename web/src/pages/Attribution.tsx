import type { ReactNode } from 'react';
import { useStatus } from '../api/queries';
import { useAddress } from '../app/address';
import { NothingLoaded } from '../app/NothingLoaded';
import type { Page } from '../app/pages';
import { InboxTab } from '../attribution/Inbox';
import { RulesTab } from '../attribution/Rules';
import { ATTRIBUTION_TABS } from '../attribution/tabs';
import { type Draft, useDraft } from '../attribution/useDraft';
import { count } from '../format/format';
import { useWaiting } from '../requests/ask';
import { RequestsTab } from '../requests/RequestsTab';
import { type Rules, useRules } from '../teams/ask';
import { late } from '../ui/late';
import { Segments } from '../ui/Segments';
import { Failure, Skeleton } from '../ui/States';

/** Whose cost it is and what would change that: rules, inbox, versions, shared cost, tags, the organisation. */
export const page: Page = {
  path: '/attribution',
  label: 'Attribution',
  icon: 'rules',
  order: 60,
  key: 'a',
  scope: 'address',
  tabScopes: { tags: 'slice', org: 'days' },
  tabs: ATTRIBUTION_TABS.map(({ id }) => id),
};

// Who opens the rules or the inbox waits for no other tab.
const WAIT = <Skeleton lines={12} />;
const OrgTab = late<{ draft: Draft }>(
  () => import('../attribution/Org').then((found) => ({ default: found.OrgTab })),
  WAIT,
);
const SharedTab = late<{ live: Rules; draft: Draft }>(
  () => import('../attribution/Shared').then((found) => ({ default: found.SharedTab })),
  WAIT,
);
const TagsTab = late<object>(() => import('../attribution/Tags').then((found) => ({ default: found.TagsTab })), WAIT);
const VersionsTab = late<{ live: Rules }>(
  () => import('../attribution/Versions').then((found) => ({ default: found.VersionsTab })),
  WAIT,
);

export default function Attribution() {
  const rules = useRules();
  if (rules.data) return <Tabs live={rules.data} />;
  if (!rules.error) return <Skeleton lines={12} />;
  return (
    <WithoutRules>
      <Failure error={rules.error} what="The rules" retry={() => rules.refetch()} />
    </WithoutRules>
  );
}

/** What can be seen all the same when the rules cannot. */
function WithoutRules({ children }: { children: ReactNode }) {
  const { tab, bar } = useTabs({});
  return (
    <div className="stack">
      {bar}
      {tab === 'requests' ? <RequestsTab /> : tab === 'tags' ? <TagsTab /> : children}
    </div>
  );
}

const EMPTY = {
  inbox: 'Cost that nobody owns is listed here, with who probably owns it and why.',
  tags: 'What tags of your bills cover, and what does not follow your tag policies, is listed here.',
};

/** The draft outlives a change of tab, not a reload. */
function Tabs({ live }: { live: Rules }) {
  const draft = useDraft(live);
  const empty = useStatus().data?.empty ?? false;
  const waits = useWaiting();
  const { tab, bar } = useTabs({
    '': draft.changed ? ' (draft)' : '',
    requests: waits > 0 ? ` (${count(waits)})` : '',
  });
  return (
    <div className="stack">
      {bar}
      {tab === '' && <RulesTab live={live} draft={draft} />}
      {tab === 'inbox' && (empty ? <NothingLoaded>{EMPTY.inbox}</NothingLoaded> : <InboxTab live={live} />)}
      {tab === 'requests' && <RequestsTab />}
      {tab === 'versions' && <VersionsTab live={live} />}
      {tab === 'shared' && <SharedTab live={live} draft={draft} />}
      {tab === 'tags' && (empty ? <NothingLoaded>{EMPTY.tags}</NothingLoaded> : <TagsTab />)}
      {tab === 'org' && <OrgTab draft={draft} />}
    </div>
  );
}

function useTabs(marks: Readonly<Record<string, string>>) {
  const { view, go } = useAddress();
  const tab = ATTRIBUTION_TABS.find(({ id }) => id === view.tab)?.id ?? '';
  const choices = ATTRIBUTION_TABS.map(({ id, label }) => ({ id, label: label + (marks[id] ?? '') }));
  const change = (next: string) => go({ view: { tab: next, sel: '' } });
  const bar = (
    <div className="team-tabs">
      <Segments label="Show" value={tab} choices={choices} onChange={change} />
    </div>
  );
  return { tab, bar };
}
