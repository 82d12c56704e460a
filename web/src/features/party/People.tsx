import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import type { RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { addPerson, issueReset, setDisabled, usePeople, type Person } from './api'
import { Once } from './Once'

/** Roles that serve the region; the others are held for an organisation and given there. */
const REGION_ROLES: RoleName[] = ['office', 'finance', 'reviewer', 'auditor', 'admin']

/** Everybody with an account; an administrator adds officers, resets and shuts out. */
export function People() {
  const { d } = useLang()
  const admin = useSession().active?.role === 'admin'
  const [q, setQ] = useState('')
  const people = usePeople(q)
  const reset = useWrite(issueReset)
  const shut = useWrite(setDisabled)
  const acts: Column<Person> = {
    key: 'acts',
    title: '',
    render: (p) => (
      <span className="row">
        <button type="button" className="link-button" disabled={reset.isPending} onClick={() => reset.mutate(p.id)}>
          {d.party.reset}
        </button>
        <button type="button" className="link-button" disabled={shut.isPending} onClick={() => shut.mutate({ id: p.id, disabled: !p.disabled })}>
          {p.disabled ? d.party.enable : d.party.disable}
        </button>
      </span>
    ),
  }
  return (
    <div className="columns">
      <Card title={d.party.people} extra={<Input.Search size="small" allowClear className="filter-q" placeholder={d.party.findPerson} aria-label={d.party.findPerson} onSearch={(value) => setQ(value.trim())} />} flush>
        <Loaded query={people} lines={5}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={d.party.noMembers} />
            ) : (
              <DataTable
                caption={d.party.people}
                rows={rows}
                rowKey={(p) => p.id}
                columns={[
                  {
                    key: 'name',
                    title: d.session.name,
                    main: true,
                    render: (p) => (
                      <>
                        <b>{p.name}</b> <span className="note mono">{p.login}</span>
                      </>
                    ),
                  },
                  { key: 'state', title: d.application.stateTitle, render: (p) => (p.disabled ? <span className="bad">{d.party.disabled}</span> : d.party.enabled) },
                  ...(admin ? [acts] : []),
                ]}
              />
            )
          }
        </Loaded>
        {(reset.error ?? shut.error) && <ErrorPanel error={reset.error ?? shut.error} />}
        {reset.data && <Once label={d.party.resetOnce} secret={`${window.location.origin}/reset?token=${reset.data.token}`} />}
      </Card>
      {admin && <AddPerson />}
    </div>
  )
}

function AddPerson() {
  const { d } = useLang()
  const blank = { name: '', login: '', role: 'office' as RoleName }
  const [person, setPerson] = useState(blank)
  const add = useWrite(addPerson, () => setPerson(blank))
  const problem = add.error ? Problem.from(add.error) : null
  return (
    <Card title={d.party.addPerson} note={d.party.inviteNote}>
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
          <label htmlFor="person-role">{d.party.role}</label>
          <Select<RoleName> id="person-role" className="full" value={person.role} onChange={(role) => setPerson((p) => ({ ...p, role }))} options={REGION_ROLES.map((r) => ({ value: r, label: d.role[r] }))} />
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
