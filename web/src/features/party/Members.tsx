import { Button, Select } from 'antd'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import type { RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { addMember, useMembers } from './api'
import { Once } from './Once'

type OrgRole = Parameters<ReturnType<typeof addMember>>[0]['role']
const ORG_ROLES: OrgRole[] = ['org_member', 'org_manager', 'operator', 'data_provider']

/** An organisation's people; its manager adds one and hands over a one-time code. */
export function Members({ org }: { org: string }) {
  const { d, lang } = useLang()
  const role = useSession().active?.role
  const manages = role === 'admin' || role === 'org_manager'
  const members = useMembers(org)
  return (
    <div className="columns">
      <Card title={d.party.members} flush>
        <Loaded query={members}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={d.party.noMembers} />
            ) : (
              <DataTable
                caption={d.party.members}
                rows={rows}
                rowKey={(m) => m.membership}
                columns={[
                  {
                    key: 'name',
                    title: d.session.name,
                    main: true,
                    render: (m) => (
                      <>
                        <b>{m.name}</b> <span className="note mono">{m.login}</span>
                      </>
                    ),
                  },
                  { key: 'role', title: d.party.role, render: (m) => d.role[m.role as RoleName] },
                  { key: 'since', title: d.party.since, render: (m) => <span className="num">{tableDate(m.since, lang)}</span> },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
      {manages && <AddMember org={org} />}
    </div>
  )
}

function AddMember({ org }: { org: string }) {
  const { d } = useLang()
  const blank = { name: '', login: '', role: ORG_ROLES[0] as OrgRole }
  const [person, setPerson] = useState(blank)
  const add = useWrite(addMember(org), () => setPerson(blank))
  const problem = add.error ? Problem.from(add.error) : null
  return (
    <Card title={d.party.addMember} note={d.party.inviteNote}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate(person)
        }}
      >
        <TextField name="name" label={d.session.name} value={person.name} onChange={(name) => setPerson((p) => ({ ...p, name }))} error={problem?.of('name')} />
        <TextField name="login" label={d.session.login} hint={d.session.loginHint} value={person.login} onChange={(login) => setPerson((p) => ({ ...p, login }))} error={problem?.of('login')} />
        <div className="field">
          <label htmlFor="member-role">{d.party.role}</label>
          <Select<OrgRole> id="member-role" className="full" value={person.role} onChange={(role) => setPerson((p) => ({ ...p, role }))} options={ORG_ROLES.map((r) => ({ value: r, label: d.role[r] }))} />
        </div>
        {add.error && <ErrorPanel error={add.error} />}
        <div>
          <Button type="primary" htmlType="submit" disabled={add.isPending || !person.name.trim() || !person.login.trim()}>
            {d.party.addMemberGo}
          </Button>
        </div>
      </form>
      {add.data && <Once label={d.party.resetOnce} secret={`${window.location.origin}/reset?token=${add.data.access.token}`} />}
    </Card>
  )
}
