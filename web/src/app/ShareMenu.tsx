import { useState } from 'react';
import { API } from '../api/client';
import { printQuery } from '../query/query';
import { Icon } from '../ui/Icon';
import { MenuButton } from '../ui/MenuButton';
import { useAddress } from './address';

const FORMS = [
  { id: 'link', label: 'As a link' },
  { id: 'api', label: 'As an API call' },
  { id: 'command', label: 'As a command' },
];

/** The same question elsewhere: as a link, as a call, as a command. */
export function ShareMenu() {
  const { query } = useAddress();
  const [said, setSaid] = useState('');
  const text = printQuery(query);
  const forms: Record<string, () => string> = {
    link: () => location.href,
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
        choices={FORMS}
        onChoose={copy}
      >
        <Icon name="link" size={16} />
        <span className="button-text">Copy</span>
      </MenuButton>
    </>
  );
}
