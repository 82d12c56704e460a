import { Button, Select } from 'antd'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { invite, useInvitations, type NewOrganisation } from './api'
import { Once } from './Once'

const BLANK: NewOrganisation = { code: '', kind: 'enterprise', name: '', place: '' }

/** Organisations that were invited, and inviting one more. */
export function Invitations() {
  const { d, lang } = useLang()
  const invitations = useInvitations()
  return (
    <div className="columns">
      <Card title={d.party.invitations} flush>
        <Paged query={invitations} empty={<Empty title={d.party.noInvitations} />}>
          {(rows) => (
            <DataTable
              caption={d.party.invitations}
              rows={rows}
              rowKey={(i) => i.id}
              columns={[
                {
                  key: 'name',
                  title: d.party.organisation,
                  main: true,
                  render: (i) => (
                    <>
                      <b>{i.org.name}</b> <span className="note mono">{i.org.code}</span>
                    </>
                  ),
                },
                { key: 'state', title: d.application.stateTitle, render: (i) => d.party.invitationState[i.state] },
                { key: 'expires', title: d.party.expires, render: (i) => <span className="num">{tableDate(i.expires, lang)}</span> },
              ]}
            />
          )}
        </Paged>
      </Card>
      <Invite />
    </div>
  )
}

function Invite() {
  const { d } = useLang()
  const [org, setOrg] = useState(BLANK)
  const send = useWrite(invite, () => setOrg(BLANK))
  const problem = send.error ? Problem.from(send.error) : null
  const set = (key: keyof NewOrganisation) => (value: string) => setOrg((o) => ({ ...o, [key]: value }))
  return (
    <Card title={d.party.invite} note={d.party.inviteNote}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate(org)
        }}
      >
        <TextField name="name" label={d.party.organisation} value={org.name} onChange={set('name')} error={problem?.of('name')} />
        <TextField name="code" label={d.party.code} value={org.code} onChange={set('code')} error={problem?.of('code')} />
        <div className="field">
          <label htmlFor="invite-kind">{d.party.kindTitle}</label>
          <Select<NewOrganisation['kind']> id="invite-kind" className="full" value={org.kind} onChange={(kind) => setOrg((o) => ({ ...o, kind }))} options={Object.entries(d.party.kind).map(([value, label]) => ({ value: value as NewOrganisation['kind'], label }))} />
        </div>
        <TextField name="place" label={d.party.place} hint={d.party.placeHint} value={org.place} onChange={set('place')} error={problem?.of('place')} />
        {send.error && <ErrorPanel error={send.error} />}
        <div>
          <Button type="primary" htmlType="submit" disabled={send.isPending || !org.name.trim() || !org.code.trim() || !org.place.trim()}>
            {d.party.inviteGo}
          </Button>
        </div>
      </form>
      {send.data && <Once label={d.party.inviteOnce} secret={`${window.location.origin}/enrol?token=${send.data.token}`} />}
    </Card>
  )
}
