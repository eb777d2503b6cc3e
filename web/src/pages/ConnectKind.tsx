import { useParams } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import type { SourceKind } from '../api/types';
import { Link } from '../app/Link';
import type { Page } from '../app/pages';
import { Access } from '../connect/Access';
import { ChooseMonths } from '../connect/ChooseMonths';
import { STEPS, useDraft } from '../connect/draft';
import { fieldsOf, settingsOf } from '../connect/fields';
import { GRADES, useKinds } from '../connect/kinds';
import { missing, SettingsForm } from '../connect/SettingsForm';
import { Onward, Steps } from '../connect/Steps';
import { TestConnection } from '../connect/TestConnection';
import { Watch } from '../connect/Watch';
import { Empty, Failure, Panel, Skeleton } from '../ui/States';

export const page: Page = {
  path: '/data/connect/$kind',
  label: 'Connect a provider',
  icon: 'link',
  order: 92,
  key: '',
  scope: 'none',
  hidden: true,
};

/** Connecting one kind of source: access, settings, test, months, load. */
export default function ConnectKind() {
  const { kind: name } = useParams({ strict: false }) as { kind?: string };
  const kinds = useKinds();
  const kind = kinds.data?.kinds.find((one) => one.kind === name);
  if (kinds.error) return <Failure error={kinds.error} what="This kind" retry={() => kinds.refetch()} />;
  if (!kinds.data) return <Skeleton lines={8} />;
  if (!kind)
    return (
      <Empty
        title="There is no such kind of source"
        action={
          <Link path="/data/connect" className="button">
            Choose another
          </Link>
        }
      />
    );
  return <Wizard kind={kind} />;
}

const TITLES = {
  access: 'Create access',
  settings: 'Enter settings',
  test: 'Test the connection',
  months: 'Choose months',
  load: 'Watch the load',
};

function Wizard({ kind }: { kind: SourceKind }) {
  const at = useDraft();
  const fields = fieldsOf(kind);
  const settings = settingsOf(fields, at.draft.values);
  const lacking = missing(fields, at.draft.name, at.draft.values);
  const off = at.step === 'settings' && lacking.length > 0 ? `Still missing: ${lacking.join(', ')}.` : '';
  const onward = (event: FormEvent) => {
    event.preventDefault();
    const next = STEPS[STEPS.findIndex((one) => one.id === at.step) + 1];
    if (next && off === '' && at.step !== 'months') at.goTo(next.id);
  };
  return (
    <div className="stack">
      <Steps at={at} path={`/data/connect/${kind.kind}`} />
      <Panel title={`${kind.label}: ${TITLES[at.step].toLowerCase()}`} note={GRADES[kind.grade].toLowerCase()}>
        <form noValidate onSubmit={onward}>
          {at.step === 'access' && <Access kind={kind} fields={fields} at={at} />}
          {at.step === 'settings' && <SettingsForm kind={kind} fields={fields} at={at} />}
          {at.step === 'test' && <TestConnection primary path="/sources/test" body={{ kind: kind.kind, settings }} />}
          {at.step === 'months' && <ChooseMonths kind={kind.kind} settings={settings} lacking={lacking} at={at} />}
          {at.step === 'load' && <Watch name={at.draft.name} grade={kind.grade} at={at} />}
          {at.step !== 'load' && <Onward at={at} off={off} />}
        </form>
      </Panel>
    </div>
  );
}
