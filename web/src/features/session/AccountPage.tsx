import { Button, Input } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { Once } from '@/features/party/Once'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { newApiKey, removePasskey, revokeApiKey, useApiKeys, usePasskeys } from './api'
import { ChangePassword } from './ChangePassword'
import { addPasskey, canUsePasskey } from './passkey'
import { useSession } from './session'

/** The reader's own account: roles, passkeys, API keys. */
export default function AccountPage() {
  const { d } = useLang()
  const session = useSession()
  return (
    <>
      <PageHead title={d.session.account} aside={session.person?.name} />
      <div className="columns">
        <div className="stack">
          <Passkeys />
          <ChangePassword />
          <ApiKeys />
        </div>
        <Card title={d.session.roles}>
          <ul>
            {session.roles.map((m) => (
              <li key={m.id}>{[m.org?.name, d.role[m.role]].filter(Boolean).join(' · ')}</li>
            ))}
          </ul>
        </Card>
      </div>
    </>
  )
}

function Passkeys() {
  const { d } = useLang()
  const [name, setName] = useState('')
  const add = useWrite(addPasskey, () => setName(''))
  const remove = useWrite(removePasskey)
  const keys = usePasskeys()
  return (
    <Card title={d.session.passkeys} note={d.session.passkeysNote}>
      <ul className="lacks">
        {(keys.data ?? []).map((k) => (
          <li key={k.id} className="spread">
            <b>{k.name}</b>
            <button type="button" className="link-button" onClick={() => remove.mutate(k.id)}>
              {d.session.revoke}
            </button>
          </li>
        ))}
      </ul>
      {canUsePasskey() ? (
        <form
          className="row account-form"
          onSubmit={(event) => {
            event.preventDefault()
            add.mutate(name.trim())
          }}
        >
          <Input className="account-input" aria-label={d.session.passkeyName} placeholder={d.session.passkeyName} value={name} onChange={(e) => setName(e.target.value)} />
          <Button htmlType="submit" disabled={add.isPending || !name.trim()}>
            {d.session.addPasskey}
          </Button>
        </form>
      ) : (
        <p className="note">{d.session.passkeyUnable}</p>
      )}
      {add.isSuccess && <p role="status">{d.session.passkeyAdded}</p>}
      {add.error && <ErrorPanel error={add.error} />}
    </Card>
  )
}

function ApiKeys() {
  const { d, lang } = useLang()
  const keys = useApiKeys()
  const [name, setName] = useState('')
  const create = useWrite(newApiKey, () => setName(''))
  const revoke = useWrite(revokeApiKey)
  return (
    <Card title={d.session.apiKeys} note={d.session.apiKeysNote}>
      <Loaded query={keys} lines={2}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="note">{d.session.noKeys}</p>
          ) : (
            <ul className="lacks">
              {rows.map((k) => (
                <li key={k.id} className="spread">
                  <span>
                    <b>{k.name}</b> <span className="mono note">{k.hint}…</span>{' '}
                    <span className="note">{[tableDate(k.created, lang), k.last_used ? fill(d.session.usedAt, { at: tableDate(k.last_used, lang) }) : ''].filter(Boolean).join(' · ')}</span>
                  </span>
                  <button type="button" className="link-button" onClick={() => revoke.mutate(k.id)}>
                    {d.session.revoke}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <form
        className="row account-form"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({ name: name.trim() })
        }}
      >
        <Input className="account-input" aria-label={d.session.apiKeyName} placeholder={d.session.apiKeyName} value={name} onChange={(e) => setName(e.target.value)} />
        <Button htmlType="submit" disabled={create.isPending || !name.trim()}>
          {d.session.newApiKey}
        </Button>
      </form>
      {(create.error ?? revoke.error) && <ErrorPanel error={create.error ?? revoke.error} />}
      {create.data && <Once label={d.session.apiKeyOnce} secret={create.data.secret} />}
    </Card>
  )
}
