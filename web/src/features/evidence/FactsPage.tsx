import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Stamp } from '@/pattern/proof/Stamp'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty, NoRight } from '@/pattern/state/states'
import { useAttestorName, useFacts } from './api'
import { FactName, FactQuantity } from './FactName'

/** What the programme knows of the reader's organisation, and whose word each fact is. */
export default function FactsPage() {
  const { d, lang } = useLang()
  const org = useSession().active?.org
  const attestor = useAttestorName()
  const [q] = useFilter('q')
  const facts = useFacts(org?.code ?? '', q)
  if (!org) return <NoRight />
  return (
    <>
      <PageHead title={d.nav.facts} sentence={facts.data && <Say text={q ? d.evidence.factsFiltered : d.evidence.factsSentence} parts={{ n: <b>{countOf(facts)}</b> }} />} />
      <Card title={d.nav.facts} note={org.name} extra={<SearchFilter name="q" label={d.evidence.filterText} />} flush>
        <Paged query={facts} empty={q ? <Empty title={fill(d.app.searchEmpty, { q })} next={d.app.searchHint} /> : <Empty title={d.evidence.noFacts} next={d.evidence.noFactsNext} />}>
          {(rows) => (
            <DataTable
              caption={d.nav.facts}
              rows={rows}
              rowKey={(f) => f.id}
              columns={[
                { key: 'kind', title: d.evidence.kind, main: true, render: (f) => <Link to={`/evidence/facts/${f.id}`}><FactName fact={f} /></Link> },
                { key: 'object', title: d.evidence.object, render: (f) => f.object },
                { key: 'quantity', title: d.evidence.quantity, number: true, render: (f) => <FactQuantity fact={f} /> },
                { key: 'occurred', title: d.evidence.occurred, render: (f) => <span className="num">{tableDate(f.occurred, lang)}</span> },
                { key: 'by', title: d.evidence.attestedBy, render: (f) => attestor(f.attested_by) },
                { key: 'seal', title: '', render: (f) => <Stamp hash={f.seal.leaf_hash} state={f.seal.index === null ? 'open' : 'sealed'} /> },
              ]}
            />
          )}
        </Paged>
      </Card>
    </>
  )
}
