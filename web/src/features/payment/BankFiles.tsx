import '@/pattern/outcome/outcome.css'
import { Button } from 'antd'
import { useState } from 'react'
import { tableDate } from '@/calendar/date'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { release, useBankFiles, withdraw, type BankFile } from './api'
import { Deed } from './Deed'

type Act = { file: BankFile; verb: 'release' | 'withdraw' }

/** Files to the bank: made by one person, let go by another. */
export function BankFiles() {
  const { d, lang, say } = useLang()
  const list = useBankFiles()
  const [act, setAct] = useState<Act | null>(null)
  return (
    <div id="files" className="stack">
      {act && <Closing {...act} onDone={() => setAct(null)} />}
      <Card title={d.payment.files} note={d.payment.filesNote} flush>
        <Paged query={list} empty={<Empty title={d.payment.noFiles} />}>
          {(rows) => (
            <DataTable
              caption={d.payment.files}
              rows={rows}
              rowKey={(f) => f.id}
              columns={[
                {
                  key: 'number',
                  title: d.payment.file,
                  main: true,
                  render: (f) => (
                    <>
                      <b className="mono">{f.number}</b> <span className={`chip ${f.state === 'made' ? 'chip-lacking' : f.state === 'released' ? 'chip-eligible' : ''}`}>{d.payment.fileState[f.state]}</span>
                      <div className="note">{say(f.purse.name)}</div>
                    </>
                  ),
                },
                { key: 'count', title: d.payment.count, number: true, render: (f) => f.count },
                { key: 'total', title: d.payment.total, number: true, render: (f) => <Money fen={f.total_fen} /> },
                { key: 'digest', title: d.payment.digest, render: (f) => <span className="mono note digest" title={f.digest}>{f.digest.slice(0, 12)}…</span> },
                { key: 'maker', title: d.payment.maker, render: (f) => <Who name={f.made_by} day={tableDate(f.made_at, lang)} /> },
                { key: 'closer', title: d.payment.closer, render: (f) => (f.closed_by ? <Who name={f.closed_by} day={tableDate(f.released_on, lang)} /> : <span className="faint">—</span>) },
                { key: 'act', title: '', render: (f) => <Acts file={f} onAct={(verb) => setAct({ file: f, verb })} /> },
              ]}
            />
          )}
        </Paged>
      </Card>
    </div>
  )
}

function Who({ name, day }: { name: string; day: string }) {
  return (
    <span>
      {name} <span className="note num">{day === '—' ? '' : day}</span>
    </span>
  )
}

function Acts({ file, onAct }: { file: BankFile; onAct: (verb: Act['verb']) => void }) {
  const { d } = useLang()
  if (file.allowed.includes('download')) {
    return (
      <a href={`/api/v1/payment/files/${file.id}/content`} download aria-label={`${d.payment.download} ${file.number}`}>
        {d.payment.download}
      </a>
    )
  }
  return (
    <span className="row">
      {(['release', 'withdraw'] as const)
        .filter((verb) => file.allowed.includes(verb))
        .map((verb) => (
          <Button key={verb} size="small" aria-label={`${d.payment[verb]} ${file.number}`} onClick={() => onAct(verb)}>
            {d.payment[verb]}
          </Button>
        ))}
    </span>
  )
}

function Closing({ file, verb, onDone }: Act & { onDone: () => void }) {
  const { d, say } = useLang()
  const run = verb === 'release' ? release : withdraw
  return (
    <Deed
      title={fill(verb === 'release' ? d.payment.releaseTitle : d.payment.withdrawTitle, { number: file.number })}
      summary={<Say text={verb === 'release' ? d.payment.fileSummary : d.payment.withdrawSummary} parts={{ purse: say(file.purse.name), count: file.count, total: <b><Money fen={file.total_fen} /></b> }} />}
      hint={verb === 'release' ? d.payment.noteHint : d.payment.reasonHint}
      act={d.payment[verb]}
      run={(note, key) => run({ id: file.id, note }, key)}
      onDone={onDone}
    />
  )
}
