import './evidence.css'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useQuery } from '@tanstack/react-query'
import { stampTime } from '@/calendar/date'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { checkpoint, useLog } from './api'
import { canHash, parseCheckpoint, signedBy, toHex } from './merkle'
import type { Log } from './model'

/** The log: its size, its signed checkpoint, and where to find one record. */
export default function EvidencePage() {
  const { d, lang } = useLang()
  const log = useLog()
  return (
    <>
      <PageHead
        title={d.nav.evidence}
        sentence={
          log.data && (
            <Say
              text={log.data.checkpoint_at ? d.evidence.sentence : d.evidence.sentenceOpen}
              parts={{ n: <b className="num">{log.data.size.toLocaleString('en-US')}</b>, at: stampTime(log.data.checkpoint_at, lang) }}
            />
          )
        }
      />
      <div className="columns">
        <div className="stack">
          <FindFact />
          <Card title={d.evidence.checkpoint} note={d.evidence.checkpointNote}>
            <Loaded query={log}>{(l) => <CheckpointCard log={l} />}</Loaded>
          </Card>
        </div>
        <Card title={d.evidence.how}>
          <ol className="how">
            <li>{d.evidence.how1}</li>
            <li>{d.evidence.how2}</li>
            <li>{d.evidence.how3}</li>
            <li>{d.evidence.how4}</li>
          </ol>
        </Card>
      </div>
    </>
  )
}

function FindFact() {
  const { d } = useLang()
  const navigate = useNavigate()
  const [id, setId] = useState('')
  return (
    <Card title={d.evidence.find} note={d.evidence.findNote}>
      <form
        className="find"
        onSubmit={(event) => {
          event.preventDefault()
          void navigate(`/evidence/facts/${encodeURIComponent(id.trim())}`)
        }}
      >
        <Input aria-label={d.evidence.factId} placeholder={d.evidence.factId} value={id} onChange={(e) => setId(e.target.value)} className="mono" />
        <Button type="primary" htmlType="submit" disabled={!id.trim()}>
          {d.evidence.findGo}
        </Button>
      </form>
    </Card>
  )
}

function CheckpointCard({ log }: { log: Log }) {
  const { d } = useLang()
  const note = useQuery({ queryKey: ['checkpoint', log.size], queryFn: checkpoint })
  const check = useQuery({
    queryKey: ['checkpoint-signature', note.data, log.public_key],
    enabled: note.data !== undefined && canHash(),
    queryFn: async () => {
      const parsed = parseCheckpoint(note.data ?? '')
      return { signed: await signedBy(parsed, log.public_key), size: parsed.size, root: toHex(parsed.root) }
    },
  })
  const verdict = !canHash() || check.data?.signed === null ? 'cannot' : check.data ? (check.data.signed ? 'same' : 'differs') : null
  return (
    <>
      <Facts
        items={[
          [d.evidence.origin, log.origin],
          [d.evidence.root, <span key="r" className="mono">{check.data?.root ?? log.root}</span>],
          [d.evidence.publicKey, <span key="p" className="mono">{log.public_key}</span>],
          ...(verdict ? [[d.evidence.stepSignature, <b key="v" className={verdict === 'same' ? 'ok' : verdict === 'differs' ? 'bad' : 'soft'}>{d.evidence.result[verdict]}</b>] as [string, React.ReactNode]] : []),
        ]}
      />
      <Loaded query={note} lines={2}>
        {(text) => <pre className="mono canonical break">{text}</pre>}
      </Loaded>
    </>
  )
}
