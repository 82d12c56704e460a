import { Link } from 'react-router'
import { usePlaceName } from '@/features/region/api'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { Loaded } from '@/pattern/state/Loaded'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useOrganisation, useOrganisations } from './api'
import { Members } from './Members'
import { Payees } from './Payees'

/** Every organisation; one of them opens with its people and accounts. */
export function Organisations() {
  const { d, say } = useLang()
  const place = usePlaceName()
  const [q] = useFilter('oq')
  const [open] = useFilter('org')
  const found = useOrganisations(q)
  return (
    <div className="stack">
      {open && <OpenOrganisation code={open} />}
      <Card
        title={d.party.organisations}
        note={found.data && countOf(found)}
        extra={<SearchFilter name="oq" label={d.party.find} />}
        flush
      >
        <Paged query={found} empty={<Empty title={d.searchPage.noOrganisations} />}>
          {(rows) => (
            <DataTable
              caption={d.party.organisations}
              rows={rows}
              rowKey={(o) => o.code}
              selected={(o) => o.code === open}
              compact
              columns={[
                { key: 'name', title: d.party.organisation, main: true, render: (o) => <Link to={`/people?tab=organisations&oq=${encodeURIComponent(q)}&org=${o.code}`}>{o.name}</Link> },
                { key: 'code', title: d.party.code, render: (o) => <span className="mono">{o.code}</span> },
                { key: 'kind', title: d.party.kindTitle, render: (o) => d.party.kind[o.kind] },
                { key: 'place', title: d.party.place, render: (o) => say(place(o.place)) },
              ]}
            />
          )}
        </Paged>
      </Card>
    </div>
  )
}

function OpenOrganisation({ code }: { code: string }) {
  const role = useSession().active?.role
  const organisation = useOrganisation(code)
  return (
    <>
      <Loaded query={organisation} lines={1}>
        {(o) => (
          <p>
            <b>{o.name}</b> <span className="mono note">{o.code}</span>
          </p>
        )}
      </Loaded>
      {role !== 'finance' && <Members org={code} />}
      {role !== 'admin' && <Payees org={code} />}
    </>
  )
}
