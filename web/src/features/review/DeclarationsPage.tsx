import './review.css'
import { tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useDeclarations } from './api'
import { DeclareForm } from './Declare'
import { Crumbs } from './Crumbs'

/** Who must not judge whom, and why: a reviewer's own, or all of them. */
export default function DeclarationsPage() {
  const { d, lang } = useLang()
  const w = d.review
  const role = useSession().active?.role
  const list = useDeclarations()
  const own = role === 'reviewer'
  return (
    <>
      <PageHead title={w.declarations} crumbs={!own && <Crumbs />} sentence={own ? w.declSentence : w.declSentenceOffice} />
      <div className="columns">
        <Card title={w.declarations} note={list.data && countOf(list)} flush>
          <Paged query={list} empty={<Empty title={w.declNone} />}>
            {(rows) => (
              <DataTable
                caption={w.declarations}
                rows={rows}
                rowKey={(r) => r.id}
                columns={[
                  ...(own ? [] : [{ key: 'expert', title: w.expert, render: (r: (typeof rows)[number]) => <b>{r.name}</b> }]),
                  { key: 'about', title: w.about, main: own, render: (r) => <span className="mono">{[r.number, r.org].filter(Boolean).join(' ')}</span> },
                  { key: 'reason', title: w.reason, render: (r) => r.reason },
                  { key: 'kind', title: w.recused, render: (r) => <span className="chip">{w.kind[r.kind]}</span> },
                  { key: 'when', title: w.when, render: (r) => <span className="num">{tableDate(r.at, lang)}</span> },
                ]}
              />
            )}
          </Paged>
        </Card>
        {role !== 'auditor' && <DeclareForm office={!own} />}
      </div>
    </>
  )
}
