import './message.css'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { TextField } from '@/features/session/TextField'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { choose, setContact, useSettings, type Contact, type Setting } from './api'

/** How the reader is told things: where, in which language, and about what. */
export default function SettingsPage() {
  const { d } = useLang()
  const settings = useSettings()
  return (
    <>
      <PageHead title={d.message.settings} crumbs={<Link to="/messages">{d.message.title}</Link>} sentence={d.message.settingsSentence} />
      <div className="columns">
        <Card title={d.message.topics} note={settings.data && fill(d.message.digestAt, { h: settings.data.digest_hour })} flush>
          <Loaded query={settings} lines={6}>
            {(s) => <Topics topics={s.topics} />}
          </Loaded>
        </Card>
        <Card title={d.message.address}>
          <Loaded query={settings}>{(s) => <Address key={`${s.contact.address} ${s.contact.language}`} contact={s.contact} mail={s.mail} />}</Loaded>
        </Card>
      </div>
    </>
  )
}

function Topics({ topics }: { topics: Setting[] }) {
  const { d, say } = useLang()
  const set = useWrite(choose)
  return (
    <>
      {set.error && <ErrorPanel error={set.error} />}
      <DataTable
        caption={d.message.topics}
        rows={topics}
        rowKey={(t) => t.id}
        columns={[
          {
            key: 'topic',
            title: d.message.topic,
            main: true,
            render: (t) => (
              <>
                <b>{say(t.name)}</b>
                {t.duty && <div className="note">{d.message.duty}</div>}
              </>
            ),
          },
          {
            key: 'console',
            title: d.message.console,
            width: '120px',
            render: (t) =>
              t.duty ? (
                d.message.mode.on
              ) : (
                <Select size="small" className="message-mode" aria-label={`${say(t.name)} ${d.message.console}`} value={t.console} disabled={set.isPending} onChange={(console) => set.mutate({ id: t.id, console, email: t.email })} options={modes(['on', 'off'])} />
              ),
          },
          {
            key: 'email',
            title: d.message.email,
            width: '140px',
            render: (t) => (
              <Select
                size="small"
                className="message-mode"
                aria-label={`${say(t.name)} ${d.message.email}`}
                value={t.email}
                disabled={set.isPending}
                onChange={(email) => set.mutate({ id: t.id, console: t.console, email })}
                options={modes(t.duty ? ['on', 'digest'] : ['on', 'digest', 'off'])}
              />
            ),
          },
        ]}
      />
    </>
  )
  function modes<M extends 'on' | 'digest' | 'off'>(of: M[]) {
    return of.map((value) => ({ value, label: d.message.mode[value] }))
  }
}

function Address({ contact, mail }: { contact: Contact; mail: boolean }) {
  const { d, lang } = useLang()
  const [address, setAddress] = useState(contact.address)
  const [language, setLanguage] = useState(contact.language)
  const save = useWrite(setContact)
  const problem = save.error ? Problem.from(save.error) : null
  const changed = address !== contact.address || language !== contact.language
  const unconfirmed = contact.address !== '' && !contact.confirmed
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({ address: address.trim(), language })
      }}
    >
      {!mail && <p className="note lacking">{d.message.noServer}</p>}
      <TextField name="address" label={d.message.emailAddress} value={address} onChange={setAddress} hint={d.message.addressHint} error={problem?.of('address')} autoComplete="email" />
      <div className="field">
        <label htmlFor="message-language">{d.message.language}</label>
        <Select
          id="message-language"
          value={language}
          onChange={setLanguage}
          options={[
            { value: 'zh-CN', label: '中文' },
            { value: 'en', label: 'English' },
          ]}
        />
      </div>
      {contact.confirmed && contact.address !== '' && <p className="note">{d.message.confirmed}</p>}
      {unconfirmed && <p className="note lacking">{fill(d.message.unconfirmed, { at: stampTime(contact.asked, lang) })}</p>}
      {save.error && <ErrorPanel error={save.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" disabled={save.isPending || (!changed && !unconfirmed)}>
          {unconfirmed && !changed ? d.message.askAgain : d.app.save}
        </Button>
      </div>
    </form>
  )
}
