select
    address,
    size_bytes,
    nearest
from {{ source('landing', 'rebalance__unrecognised') }}
