import { Button } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Stamp } from '@/pattern/proof/Stamp'
import { Empty, ErrorPanel, Loading } from '@/pattern/state/states'
import { useAttestorName, useFacts } from './api'
import { FactName, FactQuantity } from './FactName'

/** What the programme knows of the reader's organisation, and whose word each fact is. */
export default function FactsPage() {
  const { d, lang } = useLang()
  const org = useSession().active?.org
  const attestor = useAttestorName()
  const facts = useFacts(org?.code ?? '', '')
  const rows = facts.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <>
      <PageHead title={d.nav.facts} sentence={facts.data && <Say text={d.evidence.factsSentence} parts={{ n: <b>{`${rows.length}${facts.hasNextPage ? '+' : ''}`}</b> }} />} />
      <Card title={d.nav.facts} note={org?.name} flush>
        {facts.isPending && org ? <Loading lines={6} /> : facts.isError ? <ErrorPanel error={facts.error} onRetry={() => void facts.refetch()} /> : null}
        {facts.data && rows.length === 0 && <Empty title={d.evidence.noFacts} next={d.evidence.noFactsNext} />}
        {rows.length > 0 && (
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
        {facts.hasNextPage && (
          <div className="card-body">
            <Button disabled={facts.isFetchingNextPage} onClick={() => void facts.fetchNextPage()}>
              {d.app.more}
            </Button>
          </div>
        )}
      </Card>
    </>
  )
}
