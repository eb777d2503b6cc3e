import { useState } from 'react';
import { API } from '../api/client';
import { meanings } from '../query/narrowed';
import { printQuery } from '../query/query';
import { Icon } from '../ui/Icon';
import { MenuButton } from '../ui/MenuButton';
import { useAddress } from './address';

const LINK = 'link';
const FORMS = [
  { id: 'api', label: 'As an API call' },
  { id: 'command', label: 'As a command' },
];

/** The same question elsewhere: as a link, which says what its days are where the page has any, as a call, as a command. */
export function ShareMenu({ days }: { days: boolean }) {
  const { query, to } = useAddress();
  const [said, setSaid] = useState('');
  const text = printQuery(query);
  const ways = meanings(query);
  const links = ways.map(({ label }, at) => ({
    id: `${LINK}${at}`,
    label: days || ways.length > 1 ? `As a link: ${label}` : 'As a link',
  }));
  const link = (at: number) => Object.assign(new URL(location.href), { search: to({ query: ways[at]?.change ?? {} }) });
  const forms: Record<string, () => string> = {
    ...Object.fromEntries(links.map(({ id }, at) => [id, () => link(at).href])),
    api: () => `curl '${location.origin}${API}/costs${text ? `?${text}` : ''}'`,
    command: () => `outlay query '${text.replaceAll("'", "'\\''")}'`,
  };
  const copy = async (form: string) => {
    await navigator.clipboard.writeText(forms[form]?.() ?? '').then(
      () => setSaid('Copied'),
      () => setSaid('The browser did not let us copy'),
    );
    setTimeout(() => setSaid(''), 2500);
  };
  return (
    <>
      <span role="status" className="said">
        {said}
      </span>
      <MenuButton
        className="button quiet"
        label="Copy this question"
        placement="bottom end"
        choices={[...links, ...FORMS]}
        onChoose={copy}
      >
        <Icon name="link" size={16} />
        <span className="button-text">Copy</span>
      </MenuButton>
    </>
  );
}
