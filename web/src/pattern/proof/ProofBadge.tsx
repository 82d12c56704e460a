import './proof.css'
import { Button } from 'antd'
import { Link } from 'react-router'
import { stampTime } from '@/calendar/date'
import { fill, Say, useLang } from '@/i18n'
import { Stamp } from './Stamp'

/** Where a record sits in the evidence log; index is null until the sealer has been there. */
export interface Seal {
  fact: string
  leaf_hash: string
  index: number | null
  log_size: number | null
  sealed_at: string | null
}

/** Result of recomputing in the visitor's own browser. */
export type Recomputed = 'not_yet' | 'running' | 'same' | 'differs' | 'cannot'

interface Props {
  seal: Seal
  recomputed: Recomputed
  onRecompute?: () => void
}

/** Stamp, digest, place in the log, and whether this very browser recomputed it. */
export function ProofBadge({ seal, recomputed, onRecompute }: Props) {
  const { d, lang } = useLang()
  const state = seal.index === null ? 'open' : recomputed === 'differs' ? 'differs' : 'sealed'
  return (
    <div className="proof">
      <Stamp hash={seal.leaf_hash} size={72} state={state} />
      <div className="proof-lines">
        {seal.leaf_hash && (
          <div>
            {d.proof.digest} <span className="mono">{`${seal.leaf_hash.slice(0, 4)} ${seal.leaf_hash.slice(4, 8)} … ${seal.leaf_hash.slice(-4)}`}</span>
          </div>
        )}
        {seal.index === null ? (
          <div className="lacking">{d.proof.open}</div>
        ) : (
          <div>
            <Say
              text={seal.log_size === null ? d.proof.placeOnly : d.proof.place}
              parts={{ index: <b className="num">{seal.index.toLocaleString('en-US')}</b>, size: <span className="num">{seal.log_size?.toLocaleString('en-US')}</span> }}
            />
          </div>
        )}
        {seal.sealed_at && <div>{fill(d.proof.signed, { at: stampTime(seal.sealed_at, lang) })}</div>}
        {recomputed !== 'not_yet' && (
          <div className={recomputed === 'same' ? 'ok' : recomputed === 'differs' ? 'bad' : ''} role="status">
            {d.proof.recomputed[recomputed]}
          </div>
        )}
      </div>
      <div className="proof-actions">
        {onRecompute && seal.index !== null && (
          <Button size="small" onClick={onRecompute} disabled={recomputed === 'running'}>
            {recomputed === 'not_yet' ? d.proof.check : d.proof.again}
          </Button>
        )}
        {seal.fact && <Link to={`/evidence/facts/${encodeURIComponent(seal.fact)}`}>{d.proof.open_record}</Link>}
      </div>
    </div>
  )
}
