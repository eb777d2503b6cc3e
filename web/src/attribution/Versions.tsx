import { useState } from 'react';
import { useAddress } from '../app/address';
import { Link } from '../app/Link';
import { moment } from '../format/dates';
import { useAction } from '../jobs/follow';
import { DataTable, type TableColumn } from '../table/DataTable';
import { FileMenu } from '../table/ExportMenu';
import type { Rules } from '../teams/ask';
import { late } from '../ui/late';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';
import { useDiff, usePreview, useVersions, useVersionTexts, type Version } from './ask';
import { DiffText } from './DiffText';

// A dialog is fetched when one opens.
const Confirm = late(() => import('./Confirm'));

const COLUMNS: TableColumn<Version>[] = [
  {
    id: 'version',
    header: 'Version',
    cell: ({ version, in_force }) => (
      <>
        <Link row path="/attribution" text={`tab=versions&sel=${version}`} className="name-link">
          Version {version}
        </Link>{' '}
        {in_force && <span className="badge">in force</span>}
      </>
    ),
  },
  { id: 'author', header: 'Published by', narrow: true, cell: ({ author }) => author },
  { id: 'at', header: 'At', cell: ({ created_at }) => moment(created_at) },
];

/** Who published what and when; one that lies open says what it changed and can be published again. */
export function VersionsTab({ live }: { live: Rules }) {
  const { view } = useAddress();
  const versions = useVersions();
  const open = versions.data?.find(({ version }) => String(version) === view.sel);
  return (
    <>
      <Panel title="Versions" note="newest first" tools={<FileMenu of="rules/versions" text="" />}>
        {versions.error && !versions.data ? (
          <Failure error={versions.error} what="The versions" retry={() => versions.refetch()} />
        ) : !versions.data ? (
          <Skeleton lines={4} />
        ) : versions.data.length === 0 ? (
          <Empty
            title="Nothing was published yet"
            action={
              <Link path="/attribution" className="button primary">
                Write the first rules
              </Link>
            }
          >
            Each time rules are published they become a version, with who did it and what changed.
          </Empty>
        ) : (
          <DataTable
            caption="Versions"
            columns={COLUMNS}
            rows={versions.data}
            rowKey={({ version }) => String(version)}
            rowClass={({ version }) => (String(version) === view.sel ? 'is-lit' : '')}
          />
        )}
      </Panel>
      {open && (
        <Panel
          title={`What version ${open.version} changed`}
          tools={!open.in_force && live.writable && <RollBack key={open.version} version={open.version} live={live} />}
        >
          <Changed version={open.version} />
        </Panel>
      )}
    </>
  );
}

function Changed({ version }: { version: number }) {
  const diff = useDiff(version);
  if (diff.error && !diff.data) return <Failure error={diff.error} what="The changes" retry={() => diff.refetch()} />;
  if (!diff.data) return <Skeleton lines={6} />;
  const { rules, text } = diff.data;
  if (!text) return <Empty title="Its texts are those of the version before" />;
  return (
    <>
      {rules.length > 0 && (
        <ul className="coverage">
          {rules.map(({ rule, dimension, change }) => (
            <li key={`${dimension} ${rule}`}>
              {rule} <span className="muted">of {dimension}</span> <span className="badge">{change}</span>
            </li>
          ))}
        </ul>
      )}
      <DiffText text={text} />
    </>
  );
}

/** Looks first at what going back would move, then asks. */
function RollBack({ version, live }: { version: number; live: Rules }) {
  const [wanted, setWanted] = useState(false);
  const texts = useVersionTexts(wanted ? version : null);
  const preview = usePreview(wanted && texts.data ? texts.data : null);
  const action = useAction('POST', `/rules/versions/${version}/rollback`);
  const failed = texts.error ?? preview.error;
  const done = action.ended && !action.error;
  return (
    <>
      {failed && wanted && (
        <span role="alert" className="bad-text">
          {failed.message}
        </span>
      )}
      {preview.data && !preview.data.valid && (
        <span role="alert" className="bad-text">
          Its texts have faults today and cannot be published.
        </span>
      )}
      <button
        type="button"
        className="button"
        disabled={wanted && !failed && !preview.data}
        onClick={() => setWanted(true)}
      >
        {wanted && !failed && !preview.data ? 'Looking at 13 months…' : 'Publish it again…'}
      </button>
      {wanted && preview.data?.valid && !done && (
        <Confirm
          title={`Publish version ${version} again?`}
          act={`Publish version ${version} again`}
          found={preview.data}
          base={live.version}
          action={action}
          onClose={() => setWanted(false)}
        />
      )}
    </>
  );
}
