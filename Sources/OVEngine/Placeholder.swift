import Crypto
import HeapModule
