import { useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components';
import { API } from '../api/client';
import { printQuery } from '../query/query';
import { Icon } from '../ui/Icon';
import { useAddress } from './address';

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
      <MenuTrigger>
        <Button className="button quiet">
          <Icon name="link" size={16} />
          <span className="button-text">Copy</span>
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu className="menu" aria-label="Copy this question" onAction={(form) => copy(String(form))}>
            <MenuItem id="link" className="menu-item">
              <Text slot="label">As a link</Text>
            </MenuItem>
            <MenuItem id="api" className="menu-item">
              <Text slot="label">As an API call</Text>
            </MenuItem>
            <MenuItem id="command" className="menu-item">
              <Text slot="label">As a command</Text>
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
    </>
  );
}
