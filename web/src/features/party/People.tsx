import { useWrite } from '@/api/write'
import type { RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { AddPerson, PersonName } from './AddPerson'
import { addPerson, issueReset, setDisabled, usePeople, type Person } from './api'
import { Once } from './Once'

/** Roles that serve the region; the others are held for an organisation and given there. */
const REGION_ROLES: [RoleName, ...RoleName[]] = ['office', 'finance', 'reviewer', 'auditor', 'admin']

/** Everybody with an account; an administrator adds officers, resets and shuts out. */
export function People() {
  const { d } = useLang()
  const admin = useSession().active?.role === 'admin'
  const [q] = useFilter('pq')
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
      <Card title={d.party.people} note={people.data && countOf(people)} extra={<SearchFilter name="pq" label={d.party.findPerson} />} flush>
        <Paged query={people} empty={<Empty title={d.party.nobodyFound} />}>
          {(rows) => (
            <DataTable
              caption={d.party.people}
              rows={rows}
              rowKey={(p) => p.id}
              columns={[
                {
                  key: 'name',
                  title: d.session.name,
                  main: true,
                  render: (p) => <PersonName person={p} />,
                },
                { key: 'state', title: d.application.stateTitle, render: (p) => (p.disabled ? <span className="bad">{d.party.disabled}</span> : d.party.enabled) },
                ...(admin ? [acts] : []),
              ]}
            />
          )}
        </Paged>
        {(reset.error ?? shut.error) && <ErrorPanel error={reset.error ?? shut.error} />}
        {reset.data && <Once label={d.party.resetOnce} secret={`${window.location.origin}/reset?token=${reset.data.token}`} />}
      </Card>
      {admin && <AddPerson title={d.party.addPerson} roles={REGION_ROLES} add={addPerson} />}
    </div>
  )
}
